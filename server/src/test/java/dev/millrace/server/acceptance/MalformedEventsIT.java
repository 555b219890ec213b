package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.v1.IngestEventsResponse;
import dev.millrace.v1.PublishEventsResponse;
import dev.millrace.v1.RejectedEvent;
import dev.millrace.v1.StreamEventsResponse;
import io.grpc.ManagedChannel;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A bad event rejects itself, with the rule and the field, and not the good one before it, on every
 * interface; and the server goes on.
 */
@TestInstance(Lifecycle.PER_CLASS)
class MalformedEventsIT {
  private static final String PROJECT = "malformed";
  private static final ObjectMapper JSON = new ObjectMapper();

  private ServerProcess server;
  private ManagedChannel channel;

  @BeforeAll
  void start(@TempDir Path data) {
    server = ServerProcess.start(data);
    channel = server.channel();
  }

  @AfterAll
  void stop() throws Exception {
    assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
    channel.shutdownNow();
    server.close();
  }

  static List<BadEvents.Json> json() {
    return BadEvents.json();
  }

  static List<BadEvents.Bytes> bytes() {
    return BadEvents.bytes();
  }

  @ParameterizedTest
  @MethodSource("json")
  void json_rejectsOnlyTheBadEvent(BadEvents.Json bad) throws Exception {
    String body =
        "{\"project\":\"%s\",\"events\":[{\"type\":\"good\"},%s]}".formatted(PROJECT, bad.json());
    HttpResponse<String> response = server.post("/v1/events", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode answer = JSON.readTree(response.body());
    assertThat(answer.get("accepted").asText()).isEqualTo("1");
    JsonNode rejected = answer.get("rejected").get(0);
    assertThat(rejected.get("index").asInt()).isEqualTo(1);
    assertThat(rejected.get("reason").asText()).as(response.body()).isEqualTo(bad.reason());
    assertField(rejected.get("field").asText(), bad.field());
    assertThat(rejected.get("message").asText()).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("bytes")
  void unary_rejectsOnlyTheBadEvent(BadEvents.Bytes bad) throws Exception {
    IngestEventsResponse answer =
        RawCalls.unary(
            channel, "IngestService/IngestEvents", request(bad), IngestEventsResponse.parser());
    assertThat(answer.getAccepted()).isEqualTo(1);
    assertRejected(answer.getRejectedList(), bad);
  }

  @ParameterizedTest
  @MethodSource("bytes")
  void publish_rejectsOnlyTheBadEvent(BadEvents.Bytes bad) throws Exception {
    PublishEventsResponse answer =
        RawCalls.stream(
            channel,
            "IngestService/PublishEvents",
            true,
            request(bad),
            PublishEventsResponse.parser());
    assertThat(answer.getAccepted()).isEqualTo(1);
    assertRejected(answer.getRejectedList(), bad);
  }

  @ParameterizedTest
  @MethodSource("bytes")
  void stream_rejectsOnlyTheBadEvent(BadEvents.Bytes bad) throws Exception {
    StreamEventsResponse answer =
        RawCalls.stream(
            channel,
            "IngestService/StreamEvents",
            false,
            request(bad),
            StreamEventsResponse.parser());
    assertThat(answer.getAccepted()).isEqualTo(1);
    assertRejected(answer.getRejectedList(), bad);
  }

  @ParameterizedTest
  @MethodSource("bytes")
  void grpcWeb_rejectsOnlyTheBadEvent(BadEvents.Bytes bad) throws Exception {
    byte[] message = request(bad);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0);
    frame.writeBytes(ByteBuffer.allocate(4).putInt(message.length).array());
    frame.writeBytes(message);
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/millrace.v1.IngestService/IngestEvents"))
            .header("content-type", "application/grpc-web+proto")
            .POST(HttpRequest.BodyPublishers.ofByteArray(frame.toByteArray()))
            .build();
    ByteBuffer answer = ByteBuffer.wrap(server.sendForBytes(request).body());
    assertThat(answer.get()).isZero();
    byte[] first = new byte[answer.getInt()];
    answer.get(first);
    assertRejected(IngestEventsResponse.parseFrom(first).getRejectedList(), bad);
  }

  private static byte[] request(BadEvents.Bytes bad) {
    return BadEvents.request(PROJECT, bad.bytes());
  }

  private static void assertRejected(List<RejectedEvent> rejected, BadEvents.Bytes bad) {
    assertThat(rejected).hasSize(1);
    RejectedEvent event = rejected.getFirst();
    assertThat(event.getIndex()).isEqualTo(1);
    assertThat(event.getReason().name()).as(event.toString()).isEqualTo(bad.reason());
    assertField(event.getField(), bad.field());
    assertThat(event.getMessage()).isNotBlank();
  }

  /** What is broken in the middle may be named more closely than the table does. */
  private static void assertField(String found, String expected) {
    String full = expected.isEmpty() ? "events[1]" : "events[1]." + expected;
    assertThat(found).startsWith(full);
  }
}
