package dev.millrace.server.http;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.server.HttpService;
import io.grpc.ServerServiceDefinition;
import java.util.List;

/**
 * What is served.
 *
 * @param eventLoop gRPC services that never wait, run by the threads of the connections
 * @param blocking gRPC services that may wait, run by threads of their own
 * @param endpoints what has a form over HTTP that isn't that of a unary gRPC method; an endpoint
 *     takes the place of a method whose JSON form has the same path
 */
public record HttpServices(
    List<ServerServiceDefinition> eventLoop,
    List<ServerServiceDefinition> blocking,
    List<Endpoint> endpoints) {

  public HttpServices {
    eventLoop = List.copyOf(eventLoop);
    blocking = List.copyOf(blocking);
    endpoints = List.copyOf(endpoints);
  }

  /** An HTTP method of a path, and what serves it. Errors it throws are mapped as all others. */
  public record Endpoint(HttpMethod verb, String path, HttpService service) {}
}
