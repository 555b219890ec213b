package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.v1.Measure;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that are wrong as a whole: each gets its documented error, and the server goes on. */
@TestInstance(Lifecycle.PER_CLASS)
class MalformedRequestsIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ServerProcess server;
  private ManagedChannel channel;

  /**
   * @param status the HTTP status expected
   * @param code the gRPC code expected in the body
   * @param field the field to be named; empty if it is the request as a whole
   */
  record Bad(String method, String path, String body, int status, int code, String field) {
    @Override
    public String toString() {
      return method + " " + path + " " + (body.length() > 90 ? body.substring(0, 90) + "…" : body);
    }
  }

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

  static List<Bad> requests() {
    List<Bad> all = new ArrayList<>();
    for (String path : List.of("/v1/events", "/v1/query", "/v1/rejectedEvents:replay")) {
      for (String body :
          List.of(
              "", "{", "}", "[]", "null", "\"x\"", "1", "{\"project\":", "{'a':1}", "{\"a\"}")) {
        all.add(invalid(path, body, ""));
      }
      all.add(invalid(path, "{\"nonsense\":1}", "nonsense"));
      all.add(invalid(path, "{\"project\":1}", "project"));
      all.add(invalid(path, "{\"project\":[\"a\"]}", "project"));
    }
    for (String body : List.of("", "{", "1", "\"x\"", "[1]", "{\"events\":1}", "{\"a\":1}\n{")) {
      all.add(invalid("/v1/collect", body, ""));
    }
    all.add(invalid("/v1/events", "{\"events\":{}}", "events"));
    all.add(invalid("/v1/events", "{\"events\":\"x\"}", "events"));
    all.add(invalid("/v1/events", "{\"events\":[],\"epoch\":\"x\"}", "epoch"));
    all.add(invalid("/v1/events", "{\"events\":[],\"batchNumber\":1.5}", "batchNumber"));
    all.add(invalid("/v1/events", "{\"events\":[],\"sentAt\":\"noon\"}", "sentAt"));
    all.add(invalid("/v1/events", "{\"events\":[],\"verdicts\":\"yes\"}", "verdicts"));
    all.add(invalid("/v1/events", "{\"project\":\"No Spaces\",\"events\":[]}", "project"));
    all.add(invalid("/v1/events", "{\"events\":[" + "{},".repeat(10_000) + "{}]}", "events"));
    all.add(
        invalid(
            "/v1/events",
            "{\"producerId\":\"" + "x".repeat(129) + "\",\"batchNumber\":1,\"events\":[]}",
            "producerId"));
    addQueries(all);
    addLists(all);
    all.add(new Bad("GET", "/v1/nothing", "", 404, 5, ""));
    all.add(new Bad("POST", "/v1/nothing", "{}", 404, 5, ""));
    all.add(new Bad("DELETE", "/v1/query", "", 405, 12, ""));
    all.add(new Bad("GET", "/v1/query", "", 405, 12, ""));
    all.add(new Bad("PUT", "/v1/events", "{}", 405, 12, ""));
    return all;
  }

  private static void addQueries(List<Bad> all) {
    all.add(invalid("/v1/query", "{}", "query"));
    all.add(invalid("/v1/query", "{\"query\":1}", "query"));
    all.add(invalid("/v1/query", "{\"query\":{}}", "query.measures"));
    for (String where :
        List.of(
            "type ==",
            "== 'x'",
            "type = 'x'",
            "(type == 'x'",
            "type == 'x",
            "type === 'x'",
            "type == 'x' &&",
            "type == 'x' and value > 1",
            "nosuch(type)",
            "type.matches('[')",
            "type.matches(1)",
            "1 +",
            "value > > 1",
            "[1,2",
            "{'a':1}.a",
            "type == 'x'; drop",
            "\\",
            "'x'",
            "1 + 1",
            "time > timestamp('noon')",
            "(".repeat(2000) + "true" + ")".repeat(2000),
            "type == 'x' || ".repeat(2000) + "true")) {
      String escaped = where.replace("\\", "\\\\");
      all.add(query("\"measures\":[{}],\"where\":\"" + escaped + "\"", "query.where"));
    }
    addMeasures(all);
    addParts(all);
  }

  private static void addMeasures(List<Bad> all) {
    all.add(measure("{\"aggregation\":\"NOPE\"}", "aggregation"));
    all.add(measure("{\"aggregation\":[]}", "aggregation"));
    all.add(measure("{\"aggregation\":\"SUM\"}", "field"));
    all.add(measure("{\"aggregation\":\"UNIQUE\"}", "field"));
    all.add(measure("{\"aggregation\":\"SUM\",\"field\":\"properties.\"}", "field"));
    all.add(
        measure("{\"aggregation\":\"QUANTILE\",\"field\":\"value\",\"quantile\":2}", "quantile"));
    all.add(measure("{\"aggregation\":\"COUNT\",\"feild\":\"value\"}", "feild"));
    all.add(measure("{\"where\":\"type ==\"}", "where"));
    all.add(measure("{\"name\":1}", "name"));
    all.add(query("\"measures\":{}", "query.measures"));
    all.add(query("\"measures\":[{\"name\":\"a\"},{\"name\":\"a\"}]", "query.measures[1].name"));
  }

  private static void addParts(List<Bad> all) {
    all.add(query("\"measures\":[{}],\"range\":{\"last\":\"soon\"}", "query.range.last"));
    all.add(query("\"measures\":[{}],\"range\":{\"last\":\"-1h\"}", "query.range.last"));
    all.add(query("\"measures\":[{}],\"range\":{\"from\":\"noon\"}", "query.range.from"));
    all.add(
        query(
            "\"measures\":[{}],\"range\":{\"from\":\"2026-01-02T00:00:00Z\",\"to\":\"2026-01-01T00:00:00Z\"}",
            "query.range"));
    all.add(query("\"measures\":[{}],\"bucket\":{\"every\":\"0h\"}", "query.bucket.every"));
    all.add(query("\"measures\":[{}],\"bucket\":{\"every\":\"1x\"}", "query.bucket.every"));
    all.add(query("\"measures\":[{}],\"bucket\":{}", "query.bucket.every"));
    all.add(query("\"measures\":[{}],\"timeZone\":\"Mars/Base\"", "query.timeZone"));
    all.add(
        query(
            "\"measures\":[{}],\"bucket\":{\"every\":\"1h\",\"timeZone\":\"X\"}",
            "query.bucket.timeZone"));
    all.add(query("\"measures\":[{}],\"weekStart\":\"SOMEDAY\"", "query.weekStart"));
    all.add(query("\"measures\":[{}],\"groupBy\":[\"\"]", "query.groupBy[0]"));
    all.add(query("\"measures\":[{}],\"groupBy\":[1]", "query.groupBy[0]"));
    all.add(query("\"measures\":[{}],\"orderBy\":[{\"by\":\"nope\"}]", "query.orderBy[0].by"));
    all.add(query("\"measures\":[{}],\"limit\":-1", "query.limit"));
    all.add(query("\"measures\":[{}],\"limit\":\"many\"", "query.limit"));
    all.add(query("\"measures\":[{}],\"filters\":{\"op\":\"EQ\"}", "query.filters"));
    all.add(
        query(
            "\"measures\":[{}],\"filters\":{\"field\":\"type\",\"op\":\"LIKE\"}",
            "query.filters.op"));
    all.add(
        query(
            "\"measures\":[{}],\"filters\":{\"all\":[{\"field\":\"type\",\"op\":\"MATCHES\",\"value\":\"[\"}]}",
            "query.filters.all[0]"));
    all.add(
        invalid(
            "/v1/query", "{\"query\":{\"measures\":[{}]},\"minPosition\":\"x\"}", "minPosition"));
    all.add(
        invalid(
            "/v1/query", "{\"query\":{\"measures\":[{}]},\"asOfPosition\":\"?\"}", "asOfPosition"));
  }

  private static void addLists(List<Bad> all) {
    all.add(get("/v1/events?pageSize=x", "pageSize"));
    all.add(get("/v1/events?pageSize=-1", "pageSize"));
    all.add(get("/v1/events?pageToken=nonsense", "pageToken"));
    all.add(get("/v1/events?where=type%20%3D%3D", "where"));
    all.add(get("/v1/events?order=SIDEWAYS", "order"));
    all.add(get("/v1/events?nonsense=1", "nonsense"));
    all.add(get("/v1/events?project=No%20Spaces", "project"));
    all.add(get("/v1/events?minPosition=x", "minPosition"));
    all.add(get("/v1/schema?range.last=soon", "range.last"));
    all.add(get("/v1/rejectedEvents?pageSize=x", "pageSize"));
    all.add(get("/v1/rejectedEvents?pageToken=%FF", "pageToken"));
    all.add(get("/v1/live/events?where=type%20%3D%3D", "where"));
    all.add(get("/v1/live/events?resumePosition=x", "resumePosition"));
  }

  private static Bad invalid(String path, String body, String field) {
    return new Bad("POST", path, body, 400, 3, field);
  }

  private static Bad get(String path, String field) {
    return new Bad("GET", path, "", 400, 3, field);
  }

  private static Bad query(String inner, String field) {
    return invalid("/v1/query", "{\"query\":{" + inner + "}}", field);
  }

  private static Bad measure(String measure, String field) {
    return query("\"measures\":[" + measure + "]", "query.measures[0]." + field);
  }

  @ParameterizedTest
  @MethodSource("requests")
  void json_getsTheDocumentedError(Bad bad) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(bad.path()));
    if (bad.method().equals("POST")) {
      request.header("content-type", "application/json");
    }
    request.method(
        bad.method(),
        bad.body().isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(bad.body()));
    HttpResponse<String> response = server.send(request.build());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(bad.status());
    JsonNode error = JSON.readTree(response.body());
    assertThat(error.get("code").asInt()).as(response.body()).isEqualTo(bad.code());
    assertThat(error.get("message").asText()).isNotBlank().doesNotContain("Exception", "java.");
    if (!bad.field().isEmpty()) {
      JsonNode violation = error.get("details").get(0).get("fieldViolations").get(0);
      assertThat(violation.get("field").asText()).as(response.body()).startsWith(bad.field());
      assertThat(violation.get("description").asText()).isNotBlank();
    }
  }

  /** Frames of a gRPC call, as HTTP/2 data. */
  record Frame(String name, byte[] bytes) {
    boolean unfinished() {
      return bytes.length < 5 || (bytes[0] == 0 && bytes[1] == 0 && bytes.length < 5 + bytes[4]);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Frame> frames() {
    return List.of(
        new Frame("nothing", new byte[0]),
        new Frame("half a header", new byte[] {0, 0}),
        new Frame("more promised than sent", frame(0, 100, new byte[] {1, 2, 3})),
        new Frame("compressed without a name", frame(1, 3, new byte[] {1, 2, 3})),
        new Frame("unknown flags", frame(0x7f, 3, new byte[] {1, 2, 3})),
        new Frame("4 GiB promised", frame(0, -1, new byte[] {1})),
        new Frame("1 GiB promised", frame(0, 1 << 30, new byte[] {1})),
        new Frame("not a message", frame(0, 4, new byte[] {-1, -1, -1, -1})),
        new Frame("a text without end", frame(0, 2, new byte[] {0x0a, 0x7f})),
        new Frame("a group", frame(0, 1, new byte[] {0x0b})),
        new Frame("project isn't UTF-8", frame(0, 4, new byte[] {0x0a, 0x02, (byte) 0xc3, 0x28})));
  }

  private static byte[] frame(int flags, int length, byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) flags)
        .putInt(length)
        .put(message)
        .array();
  }

  @ParameterizedTest
  @MethodSource("frames")
  void grpc_brokenFramesEndWithAnError(Frame frame) throws Exception {
    for (String method :
        List.of(
            "IngestService/IngestEvents",
            "IngestService/StreamEvents",
            "IngestService/PublishEvents",
            "QueryService/Query",
            "LiveService/TailEvents")) {
      for (String type : List.of("application/grpc", "application/grpc-web+proto")) {
        // What a client doesn't finish before it closes its stream isn't a message, so such a
        // stream
        // is an empty one, and is answered as that.
        if (frame.unfinished() && method.matches(".*/(Stream|Publish)Events")) {
          continue;
        }
        HttpResponse<byte[]> response =
            server.sendForBytes(
                HttpRequest.newBuilder(server.uri("/millrace.v1." + method))
                    .header("content-type", type)
                    .header("te", "trailers")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(frame.bytes()))
                    .build());
        String web = new String(response.body(), java.nio.charset.StandardCharsets.ISO_8859_1);
        boolean failed =
            response.statusCode() >= 400
                || !response.headers().firstValue("grpc-status").orElse("0").equals("0")
                || web.matches("(?s).*grpc-status: ?[1-9].*")
                || (type.equals("application/grpc") && response.body().length == 0);
        assertThat(failed).as("%s of %s by %s gave %s", frame, method, type, response).isTrue();
      }
    }
    assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
  }

  static List<String> wheres() {
    return List.of("type ==", "nosuch(type)", "type.matches('[')", "'x'", "(".repeat(3000), "\0");
  }

  @ParameterizedTest
  @MethodSource("wheres")
  void grpc_badQueriesNameTheirField(String where) {
    QueryRequest request =
        QueryRequest.newBuilder()
            .setQuery(Query.newBuilder().addMeasures(Measure.newBuilder()).setWhere(where))
            .build();
    StatusRuntimeException error = null;
    try {
      QueryServiceGrpc.newBlockingStub(channel).query(request);
    } catch (StatusRuntimeException e) {
      error = e;
    }
    assertThat(error).isNotNull();
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(error.getTrailers().toString()).contains("grpc-status-details-bin");
    assertThat(error.getStatus().getDescription()).startsWith("query.where");
  }
}
