package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.server.access.ApiKey;
import dev.millrace.server.access.Permission;
import dev.millrace.v1.GetStatsRequest;
import dev.millrace.v1.SystemServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server that needs keys. */
class AuthenticationTest {
  private static final String ALL = "key-with-all-permissions";
  private static final String WRITE = "key-that-may-only-write";
  private static final String SHOP = "key-bound-to-the-shop";
  private static TestPort port;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws IOException {
    port =
        new TestPort(
            new ApiKey("all", ApiKey.hash(ALL), "", Set.of(Permission.values())),
            new ApiKey("write", ApiKey.hash(WRITE), "", Set.of(Permission.WRITE)),
            new ApiKey(
                "shop", ApiKey.hash(SHOP), "shop", Set.of(Permission.READ, Permission.WRITE)));
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port.port()).usePlaintext().build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    port.close();
  }

  @Test
  void health_is_open_and_all_else_is_not() throws Exception {
    for (String path : new String[] {"/healthz", "/readyz", "/"}) {
      assertThat(port.get(path).statusCode()).isEqualTo(200);
    }
    for (String path : new String[] {"/metrics", "/docs/", "/v1/stats", "/v1/live/events"}) {
      HttpResponse<String> answer = port.get(path);
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("www-authenticate")).contains("Bearer");
      assertThat(answer.body()).contains("\"code\":16", "authorization: Bearer KEY");
    }
    assertThat(HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()))
        .isNotNull();
  }

  @Test
  void known_key_is_let_in() throws Exception {
    assertThat(get("/v1/stats", "Bearer " + ALL).statusCode()).isEqualTo(200);
    assertThat(get("/v1/stats", "bearer " + ALL).statusCode()).isEqualTo(200);
    assertThat(get("/metrics", "Bearer " + WRITE).statusCode()).isEqualTo(200);
  }

  @Test
  void unknown_key_is_not() throws Exception {
    for (String authorization :
        new String[] {"Bearer nonsense", "Bearer ", "Basic YTpi", ALL, "Bearer " + ALL + "x"}) {
      assertThat(get("/v1/stats", authorization).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void permission_that_a_key_lacks_is_denied() throws Exception {
    HttpResponse<String> answer = get("/v1/stats", "Bearer " + WRITE);

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("the key 'write' lacks the permission READ");
  }

  @Test
  void bound_key_keeps_to_its_project() throws Exception {
    assertThat(get("/v1/stats", "Bearer " + SHOP).statusCode()).isEqualTo(200);
    assertThat(get("/v1/stats?project=shop", "Bearer " + SHOP).statusCode()).isEqualTo(200);
    assertThat(get("/v1/stats?project=other", "Bearer " + SHOP).statusCode()).isEqualTo(403);
  }

  @Test
  void write_only_key_may_stand_in_the_address_of_ingest() throws Exception {
    HttpRequest.Builder send = port.request("/v1/events?key=" + WRITE);

    assertThat(port.send(send.POST(HttpRequest.BodyPublishers.ofString("{}")).build()).body())
        .isEqualTo("endpoint default");
  }

  @Test
  void other_key_may_not_stand_in_an_address() throws Exception {
    assertThat(port.post("/v1/events?key=" + ALL, "{}").statusCode()).isEqualTo(401);
    assertThat(port.get("/v1/stats?key=" + WRITE).statusCode()).isEqualTo(401);
  }

  @Test
  void grpc_takes_the_same_header() {
    assertThat(stats(ALL).getVersion()).isEqualTo("1.2.3");
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> stats("nonsense"));
    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(failure.getStatus().getDescription())
        .isEqualTo("the API key isn't known to this server");
  }

  private static dev.millrace.v1.GetStatsResponse stats(String key) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
    return SystemServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .getStats(GetStatsRequest.getDefaultInstance());
  }

  private static HttpResponse<String> get(String path, String authorization) throws Exception {
    return port.send(port.request(path).header("authorization", authorization).GET().build());
  }
}
