package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HttpServerTest {
  private static TestPort port;

  @BeforeAll
  static void start() throws IOException {
    port = new TestPort();
  }

  @AfterAll
  static void stop() {
    port.close();
  }

  @Test
  void health_and_readiness_say_ok() throws Exception {
    assertThat(port.get("/healthz").body()).isEqualTo("ok\n");
    assertThat(port.get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void metrics_are_prometheus_text() throws Exception {
    HttpResponse<String> metrics = port.get("/metrics");

    assertThat(metrics.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(metrics.body()).contains("armeria_server_connections");
  }

  @Test
  void welcome_page_names_the_address_it_was_reached_at() throws Exception {
    assertThat(port.get("/").body()).contains("curl http://127.0.0.1:" + port.port() + "/v1/query");
  }

  @Test
  void docs_carry_the_comments_of_the_contract() throws Exception {
    assertThat(port.get("/docs/").statusCode()).isEqualTo(200);
    assertThat(port.get("/docs/specification.json").body())
        .contains("millrace.v1.QueryService", "Computes figures.", "/v1/query");
  }

  @Test
  void query_answers_through_json() throws Exception {
    HttpResponse<String> answer = port.post("/v1/query", "{\"query\":{}}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElseThrow())
        .startsWith("application/json");
    assertThat(answer.body()).isEqualTo("{\"rows\":[]}");
  }

  @Test
  void missing_content_type_is_taken_as_json() throws Exception {
    HttpResponse<String> answer =
        port.send(
            port.request("/v1/query")
                .POST(HttpRequest.BodyPublishers.ofString("{\"query\":{}}"))
                .build());

    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void stats_print_zeros_and_longs_as_text() throws Exception {
    HttpResponse<String> answer = port.get("/v1/stats");

    assertThat(answer.body())
        .contains("\"eventsAccepted\":\"1\"", "\"eventsPerSecond\":0.0", "\"eventsStored\":\"0\"")
        .contains("\"version\":\"1.2.3\"", "\"shards\":2");
  }

  @Test
  void endpoint_stands_in_front_of_the_json_form_of_a_method() throws Exception {
    assertThat(port.post("/v1/events", "anything").body()).isEqualTo("endpoint default");
  }

  @Test
  void grpc_web_answers_in_frames() throws Exception {
    byte[] empty = new byte[5];
    HttpResponse<byte[]> answer =
        port.client.send(
            port.request("/millrace.v1.QueryService/Query")
                .header("content-type", "application/grpc-web+proto")
                .POST(HttpRequest.BodyPublishers.ofByteArray(empty))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertThat(answer.statusCode()).isEqualTo(200);
    ByteBuffer frames = ByteBuffer.wrap(answer.body());
    assertThat(frames.get()).isZero();
    frames.position(frames.position() + 4 + frames.getInt(frames.position()));
    assertThat(frames.get() & 0x80).isEqualTo(0x80);
    byte[] trailers = new byte[frames.getInt()];
    frames.get(trailers);
    assertThat(new String(trailers, java.nio.charset.StandardCharsets.US_ASCII))
        .contains("grpc-status: 0");
  }
}
