package dev.millrace.server.http;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.HttpServiceWithRoutes;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.RoutePathType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.GrpcServiceBuilder;
import com.linecorp.armeria.server.grpc.HttpJsonTranscodingOptions;
import com.linecorp.armeria.server.grpc.HttpJsonTranscodingQueryParamMatchRule;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts gRPC services on the port, with their JSON forms, health and reflection. */
final class GrpcAssembly {
  private final HttpOptions options;
  private final HttpServices services;
  private final GrpcErrors errors = new GrpcErrors();

  GrpcAssembly(HttpOptions options, HttpServices services) {
    this.options = options;
    this.services = services;
  }

  void addTo(ServerBuilder server, HealthStatusManager health, DrainableCalls drainable) {
    GrpcServiceBuilder fast = builder(services.eventLoop());
    fast.intercept(drainable);
    fast.addService(health.getHealthService());
    fast.addService(ProtoReflectionServiceV1.newInstance());
    add(server, services.eventLoop(), fast.build());
    if (!services.blocking().isEmpty()) {
      add(
          server,
          services.blocking(),
          builder(services.blocking()).useBlockingTaskExecutor(true).build());
    }
    server.service(oldReflection(drainable));
  }

  /**
   * For tools that don't know v1 yet. Armeria takes one reflection service for each GrpcService.
   */
  @SuppressWarnings("deprecation")
  private static GrpcService oldReflection(DrainableCalls drainable) {
    return GrpcService.builder()
        .intercept(drainable)
        // Its JSON isn't asked for, and to prepare it would take a tenth of the start.
        .supportedSerializationFormats(GrpcSerializationFormats.PROTO)
        .addService(io.grpc.protobuf.services.ProtoReflectionService.newInstance())
        .build();
  }

  private GrpcServiceBuilder builder(List<ServerServiceDefinition> definitions) {
    GrpcServiceBuilder builder = GrpcService.builder();
    builder.addServiceDefinitions(definitions);
    builder.supportedSerializationFormats(GrpcSerializationFormats.values());
    builder.enableHttpJsonTranscoding(
        HttpJsonTranscodingOptions.builder()
            .queryParamMatchRules(
                HttpJsonTranscodingQueryParamMatchRule.ORIGINAL_FIELD,
                HttpJsonTranscodingQueryParamMatchRule.LOWER_CAMEL_CASE)
            .errorHandler(errors)
            .build());
    JsonAnswers answers = new JsonAnswers(definitions);
    builder.jsonMarshallerFactory(_ -> answers);
    builder.exceptionHandler(errors);
    builder.maxRequestMessageLength(options.requestBytesMax());
    return builder;
  }

  private void add(
      ServerBuilder server, List<ServerServiceDefinition> definitions, GrpcService service) {
    List<TranscodedCall> calls =
        TranscodedCall.of(definitions).stream()
            .filter(call -> services.endpoints().stream().noneMatch(e -> replaces(e, call)))
            .toList();
    server.service(
        new Routed(service, services.endpoints()),
        delegate -> delegate.decorate(new JsonRequestCheck(calls, options.requestBytesMax())));
  }

  private static boolean replaces(HttpServices.Endpoint endpoint, TranscodedCall call) {
    return endpoint.verb() == call.verb() && call.path().matcher(endpoint.path()).matches();
  }

  /**
   * A gRPC service without those JSON forms that an endpoint replaces, and without limits on
   * streams.
   */
  private static final class Routed extends SimpleDecoratingHttpService
      implements HttpServiceWithRoutes {
    private final GrpcService service;
    private final Set<Route> routes;

    Routed(GrpcService service, List<HttpServices.Endpoint> endpoints) {
      super(service);
      this.service = service;
      routes =
          service.routes().stream()
              .filter(route -> endpoints.stream().noneMatch(endpoint -> same(route, endpoint)))
              .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean same(Route route, HttpServices.Endpoint endpoint) {
      return route.pathType() == RoutePathType.EXACT
          && route.paths().contains(endpoint.path())
          && route.methods().equals(Set.of(endpoint.verb()));
    }

    @Override
    public Set<Route> routes() {
      return routes;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
      ServerMethodDefinition<?, ?> method = service.methodDefinition(context);
      if (method != null && method.getMethodDescriptor().getType() != MethodType.UNARY) {
        context.clearRequestTimeout();
      }
      return service.serve(context, request);
    }
  }
}
