package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that are wrong, each with the answer it must get, and a server that goes on. */
class MalformedJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static TestPort port;

  @BeforeAll
  static void start() throws IOException {
    port = new TestPort();
  }

  @AfterAll
  static void stop() {
    port.close();
  }

  @AfterEach
  void server_goes_on() throws Exception {
    assertThat(port.post("/v1/query", "{\"query\":{}}").statusCode()).isEqualTo(200);
  }

  // A body for POST /v1/query, and the field and words of its first violation.

  static Stream<Arguments> notJson() {
    return Stream.of(
        Arguments.of("", "", "the body is empty"),
        Arguments.of("   ", "", "the body is empty"),
        Arguments.of("{", "", "isn't valid JSON"),
        Arguments.of("}", "", "isn't valid JSON"),
        Arguments.of("{\"query\":{}", "", "isn't valid JSON"),
        Arguments.of("{\"query\":{}}}", "", "isn't valid JSON"),
        Arguments.of("{\"query\":{}} {}", "", "goes on after the end"),
        Arguments.of("{query:{}}", "", "isn't valid JSON"),
        Arguments.of("{'query':{}}", "", "isn't valid JSON"),
        Arguments.of("{\"query\":{},}", "", "isn't valid JSON"),
        Arguments.of("{\"query\":NaN}", "", "isn't valid JSON"),
        Arguments.of("{\"query\":undefined}", "", "isn't valid JSON"),
        Arguments.of("{\"query\":{\"limit\":01}}", "", "isn't valid JSON"),
        Arguments.of("{\"project\":\"a\nb\"}", "", "isn't valid JSON"),
        Arguments.of("{\"project\":\"a\\x\"}", "", "isn't valid JSON"),
        Arguments.of("{\"project\":\"a\",\"project\":\"b\"}", "", "Duplicate field 'project'"),
        Arguments.of("/* hi */{}", "", "isn't valid JSON"),
        Arguments.of("[".repeat(100), "", "isn't valid JSON"),
        Arguments.of(
            "{\"query\":" + "{\"a\":".repeat(80) + "1" + "}".repeat(81), "", "isn't valid JSON"));
  }

  static Stream<Arguments> wrongRequests() {
    return Stream.of(
        Arguments.of("[]", "", "must be an object, found a list"),
        Arguments.of("null", "", "must be an object, found null"),
        Arguments.of("7", "", "must be an object, found 7"),
        Arguments.of("\"query\"", "", "must be an object, found \"query\""),
        Arguments.of("{\"queri\":{}}", "queri", "unknown field; allowed are project, query,"),
        Arguments.of("{\"query\":[]}", "query", "must be an object, found a list"),
        Arguments.of("{\"query\":\"x\"}", "query", "must be an object, found \"x\""),
        Arguments.of("{\"project\":7}", "project", "must be a text, found 7"),
        Arguments.of("{\"project\":{}}", "project", "must be a text, found an object"),
        Arguments.of("{\"explain\":\"yes\"}", "explain", "must be true or false, found \"yes\""),
        Arguments.of("{\"explain\":1}", "explain", "must be true or false, found 1"));
  }

  static Stream<Arguments> wrongMeasures() {
    return Stream.of(
        Arguments.of(
            "{\"query\":{\"mesures\":[]}}",
            "query.mesures",
            "unknown field; allowed are measures,"),
        Arguments.of(
            "{\"query\":{\"measures\":{}}}", "query.measures", "must be a list, found an object"),
        Arguments.of(
            "{\"query\":{\"measures\":[1]}}", "query.measures[0]", "must be an object, found 1"),
        Arguments.of(
            "{\"query\":{\"measures\":[null]}}",
            "query.measures[0]",
            "must be an object, found null"),
        Arguments.of(
            "{\"query\":{\"measures\":[{},{\"aggregation\":\"MEDIAN\"}]}}",
            "query.measures[1].aggregation",
            "must be one of COUNT, SUM, AVG, MIN, MAX, STDDEV, RATE, UNIQUE, QUANTILE, HISTOGRAM,"
                + " FIRST, LAST, found \"MEDIAN\""),
        Arguments.of(
            "{\"query\":{\"measures\":[{\"aggregation\":\"sum\"}]}}",
            "query.measures[0].aggregation",
            "must be one of COUNT"),
        Arguments.of(
            "{\"query\":{\"measures\":[{\"aggregation\":99}]}}",
            "query.measures[0].aggregation",
            "must be one of COUNT"),
        Arguments.of(
            "{\"query\":{\"measures\":[{\"aggregation\":true}]}}",
            "query.measures[0].aggregation",
            "must be one of COUNT"),
        Arguments.of(
            "{\"query\":{\"measures\":[{\"quantile\":\"half\"}]}}",
            "query.measures[0].quantile",
            "must be a number, found \"half\""),
        Arguments.of(
            "{\"query\":{\"measures\":[{\"quantile\":1e999}]}}",
            "query.measures[0].quantile",
            "must be within the range of doubles"),
        Arguments.of(
            "{\"query\":{\"measures\":[{\"edges\":[1,\"x\"]}]}}",
            "query.measures[0].edges[1]",
            "must be a number, found \"x\""),
        Arguments.of(
            "{\"query\":{\"measures\":[{\"edges\":7}]}}",
            "query.measures[0].edges",
            "must be a list, found 7"));
  }

  static Stream<Arguments> wrongQueries() {
    return Stream.of(
        Arguments.of(
            "{\"query\":{\"limit\":1.5}}", "query.limit", "must be a whole number, found 1.5"),
        Arguments.of(
            "{\"query\":{\"limit\":\"many\"}}",
            "query.limit",
            "must be a whole number, found \"many\""),
        Arguments.of(
            "{\"query\":{\"limit\":2147483648}}",
            "query.limit",
            "must be from -2147483648 to 2147483647"),
        Arguments.of(
            "{\"query\":{\"limit\":1e999999999}}", "query.limit", "must be a whole number"),
        Arguments.of(
            "{\"query\":{\"limit\":true}}", "query.limit", "must be a whole number, found true"),
        Arguments.of(
            "{\"query\":{\"groupBy\":\"type\"}}",
            "query.groupBy",
            "must be a list, found \"type\""),
        Arguments.of(
            "{\"query\":{\"groupBy\":[1]}}", "query.groupBy[0]", "must be a text, found 1"),
        Arguments.of(
            "{\"query\":{\"range\":\"24h\"}}", "query.range", "must be an object, found \"24h\""),
        Arguments.of(
            "{\"query\":{\"range\":{\"from\":\"yesterday\"}}}",
            "query.range.from",
            "must be a time such as \"2026-01-15T10:30:00Z\", found \"yesterday\""),
        Arguments.of(
            "{\"query\":{\"range\":{\"from\":1700000000}}}",
            "query.range.from",
            "must be a time such as"),
        Arguments.of(
            "{\"query\":{\"range\":{\"to\":\"2026-13-01T00:00:00Z\"}}}",
            "query.range.to",
            "must be a time"),
        Arguments.of(
            "{\"query\":{\"range\":{\"last\":24}}}",
            "query.range.last",
            "must be a text, found 24"),
        Arguments.of("{\"query\":{\"bucket\":\"1h\"}}", "query.bucket", "must be an object"),
        Arguments.of(
            "{\"query\":{\"bucket\":{\"skipEmpty\":\"no\"}}}",
            "query.bucket.skipEmpty",
            "must be true or false"),
        Arguments.of(
            "{\"query\":{\"orderBy\":[{\"by\":\"x\",\"desc\":true}]}}",
            "query.orderBy[0].desc",
            "unknown field; allowed are by, descending"),
        Arguments.of(
            "{\"query\":{\"filters\":{\"op\":\"LIKE\"}}}",
            "query.filters.op",
            "must be one of EQ, NEQ"),
        Arguments.of(
            "{\"query\":{\"filters\":{\"all\":[{\"any\":[{\"feild\":\"x\"}]}]}}}",
            "query.filters.all[0].any[0].feild",
            "unknown field"),
        Arguments.of(
            "{\"query\":{\"compare\":\"LAST_YEAR\"}}",
            "query.compare",
            "must be one of PREVIOUS_PERIOD"),
        Arguments.of("{\"query\":{\"where\":\"invalid\"}}", "query.where", "isn't CEL"),
        Arguments.of("{\"query\":{\"where\":\"invalid by onError\"}}", "query.where", "isn't CEL"));
  }

  @ParameterizedTest
  @MethodSource({"notJson", "wrongRequests", "wrongMeasures", "wrongQueries"})
  void wrong_body_is_refused_with_the_place(String body, String field, String words)
      throws Exception {
    HttpResponse<String> answer = port.post("/v1/query", body);

    JsonNode error = error(answer, 400, 3);
    JsonNode violation = detail(error, "google.rpc.BadRequest").path("fieldViolations").path(0);
    assertThat(violation.path("field").asText()).isEqualTo(field);
    assertThat(violation.path("description").asText()).contains(words);
    assertThat(error.path("message").asText()).contains(words);
  }

  /** A path with a query for GET, and the parameter and words of its violation. */
  static Stream<Arguments> queries() {
    return Stream.of(
        Arguments.of(
            "/v1/stats?projekt=x", "projekt", "unknown query parameter; allowed are project"),
        Arguments.of(
            "/v1/events?pageSize=ten", "pageSize", "must be a whole number, found \"ten\""),
        Arguments.of("/v1/events?page_size=1.5", "page_size", "must be a whole number"),
        Arguments.of(
            "/v1/events?order=RANDOM", "order", "must be one of NEWEST_FIRST, OLDEST_FIRST"),
        Arguments.of("/v1/events?range=24h", "range", "name a field of it, such as range.last"),
        Arguments.of("/v1/events?range.from=x", "range.from", "must be a time such as"),
        Arguments.of("/v1/events?range.since=x", "range.since", "unknown query parameter"),
        Arguments.of("/v1/events?where.x=x", "where.x", "unknown query parameter"),
        Arguments.of("/v1/live/events?were=x", "were", "unknown query parameter"),
        Arguments.of("/v1/live/events?where=x", "where", "isn't a condition"),
        Arguments.of("/v1/live/events?resumePosition=x", "resumePosition", "isn't a position"),
        Arguments.of(
            "/v1/live/events?heartbeatInterval=x", "heartbeatInterval", "must be a duration"),
        Arguments.of(
            "/v1/live/events?heartbeatInterval=1h", "heartbeatInterval", "must be a duration"),
        Arguments.of(
            "/v1/live/events?heartbeatInterval=0.5s", "heartbeatInterval", "from 1s to 300s"));
  }

  @ParameterizedTest
  @MethodSource("queries")
  void wrong_query_parameter_is_refused_by_name(String path, String field, String words)
      throws Exception {
    JsonNode error = error(port.get(path), 400, 3);

    JsonNode violation = detail(error, "google.rpc.BadRequest").path("fieldViolations").path(0);
    assertThat(violation.path("field").asText()).isEqualTo(field);
    assertThat(violation.path("description").asText()).contains(words);
  }

  @Test
  void query_parameter_beside_a_whole_body_is_refused() throws Exception {
    error(port.post("/v1/query?limit=5", "{}"), 400, 3);
  }

  @Test
  void other_content_type_is_refused() throws Exception {
    for (String type : new String[] {"text/plain", "image/png"}) {
      HttpResponse<String> answer =
          port.send(
              port.request("/v1/query")
                  .header("content-type", type)
                  .POST(HttpRequest.BodyPublishers.ofString("{}"))
                  .build());
      assertThat(error(answer, 415, 3).path("message").asText()).contains("isn't application/json");
    }
  }

  @Test
  void form_is_taken_as_json_unless_a_web_page_sends_it() throws Exception {
    HttpRequest.Builder form =
        port.request("/v1/query")
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("{\"nonsense\":1}"));
    error(port.send(form.build()), 400, 3);
    error(port.send(form.header("origin", "http://elsewhere.example").build()), 415, 3);
  }

  @Test
  void broken_utf8_is_refused() throws Exception {
    byte[] body = "{\"project\":\"?\"}".getBytes(StandardCharsets.UTF_8);
    body[12] = (byte) 0xC3;
    HttpResponse<String> answer =
        port.send(
            port.request("/v1/query").POST(HttpRequest.BodyPublishers.ofByteArray(body)).build());

    assertThat(error(answer, 400, 3).path("message").asText()).contains("isn't valid UTF-8");
  }

  @Test
  void unknown_path_is_not_found() throws Exception {
    for (String path :
        new String[] {"/nothing", "/v1", "/v1/nothing", "/v1/query/nothing", "/v2/query"}) {
      assertThat(error(port.get(path), 404, 5).path("message").asText())
          .isEqualTo("there is nothing at " + path);
    }
  }

  @Test
  void wrong_method_is_not_allowed() throws Exception {
    assertThat(error(port.get("/v1/query"), 405, 12).path("message").asText())
        .isEqualTo("/v1/query doesn't take GET");
    error(port.post("/v1/stats", "{}"), 405, 12);
    error(port.send(port.request("/v1/schema").DELETE().build()), 405, 12);
  }

  @Test
  void large_body_is_refused() throws Exception {
    String large = "{\"project\":\"" + "x".repeat(70_000) + "\"}";

    JsonNode error = error(port.post("/v1/query", large), 413, 8);

    assertThat(error.path("message").asText()).contains("larger than");
  }

  @Test
  void method_that_is_not_there_is_unimplemented() throws Exception {
    error(port.get("/v1/schema"), 501, 12);
  }

  @Test
  void bad_percent_encoding_is_refused() throws Exception {
    for (String target : new String[] {"/v1/%zz", "/v1/stats%", "/v1/%c3", "/../etc/passwd"}) {
      assertThat(raw("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 4");
    }
  }

  @Test
  void broken_http_is_refused() throws Exception {
    assertThat(raw("NONSENSE\r\n\r\n")).startsWith("HTTP/1.1 400");
    assertThat(raw("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 414");
    assertThat(raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(40_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431");
    assertThat(
            raw(
                """
                POST /v1/query HTTP/1.1\r
                Host: x\r
                Content-Length: abc\r
                Connection: close\r
                \r
                """))
        .startsWith("HTTP/1.1 400");
  }

  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      return String.valueOf(reader.readLine());
    }
  }

  private static JsonNode error(HttpResponse<String> answer, int status, int code)
      throws IOException {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type").orElseThrow())
        .startsWith("application/json");
    assertThat(answer.body()).doesNotContain("Exception", "dev.millrace", "com.", "\tat ");
    JsonNode error = JSON.readTree(answer.body());
    assertThat(error.path("code").asInt()).isEqualTo(code);
    assertThat(error.path("message").asText()).isNotEmpty();
    assertThat(detail(error, "google.rpc.ErrorInfo").path("domain").asText())
        .isEqualTo("millrace.dev");
    return error;
  }

  private static JsonNode detail(JsonNode error, String type) {
    for (JsonNode detail : error.path("details")) {
      if (detail.path("@type").asText().equals("type.googleapis.com/" + type)) {
        return detail;
      }
    }
    throw new AssertionError("no " + type + " in " + error);
  }
}
