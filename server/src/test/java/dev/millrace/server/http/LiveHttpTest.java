package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.access.ApiKey;
import dev.millrace.server.access.Permission;
import dev.millrace.server.log.Position;
import dev.millrace.v1.Event;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Scanner;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Subscriptions as server-sent events and as lines of JSON, and the tickets to them. */
@Timeout(60)
class LiveHttpTest {
  private static final String QUERY =
      "/v1/live?query="
          + URLEncoder.encode(
              "{\"limit\":100,\"measures\":[{\"name\":\"n\"}]}", StandardCharsets.UTF_8);

  @Test
  void server_sent_events_are_named_and_carry_positions() throws Exception {
    try (TestPort port = new TestPort();
        Lines lines = Lines.of(port, port.request(QUERY))) {
      assertThat(lines.next()).isEqualTo("event: snapshot");
      String id = lines.next();
      assertThat(id).startsWith("id: " + new Position(0, 0).token() + ".");
      assertThat(lines.next())
          .startsWith("data: {\"position\":\"" + id.substring(4) + "\"")
          .contains("\"evaluatedAt\":\"", "\"snapshot\":{\"rows\":[{\"values\":{\"n\":0.0}}]}");
      assertThat(lines.next()).isEmpty();

      port.storage.append(0, events(2));

      assertThat(lines.next()).isEqualTo("event: delta");
      assertThat(lines.next()).startsWith("id: " + new Position(2, 0).token());
      assertThat(lines.next())
          .contains("\"delta\":{\"upserted\":[{\"values\":{\"n\":2.0}}],\"removed\":[]}");
    }
  }

  @Test
  void browser_that_reconnects_resumes() throws Exception {
    try (TestPort port = new TestPort()) {
      String id;
      try (Lines lines = Lines.of(port, port.request(QUERY))) {
        lines.next();
        id = lines.next().substring(4);
      }
      port.storage.append(0, events(1));

      try (Lines lines = Lines.of(port, port.request(QUERY).header("last-event-id", id))) {
        assertThat(lines.next()).isEqualTo("event: delta");
      }
    }
  }

  @Test
  void lines_of_json_are_sent_to_those_who_accept_them() throws Exception {
    try (TestPort port = new TestPort();
        Lines lines =
            Lines.of(port, port.request(QUERY).header("accept", "application/x-ndjson"))) {
      assertThat(lines.type()).isEqualTo("application/x-ndjson");
      assertThat(lines.next()).startsWith("{\"position\":").contains("\"snapshot\":{");
      port.storage.append(0, events(1));
      assertThat(lines.next()).contains("\"delta\":{");

      port.subscriptions.drain();

      assertThat(lines.next()).startsWith("{\"error\":{\"code\":14,");
      assertThat(lines.hasNext()).isFalse();
    }
  }

  @Test
  void stopping_server_says_when_to_come_back() throws Exception {
    try (TestPort port = new TestPort();
        Lines lines = Lines.of(port, port.request(QUERY))) {
      lines.skip(4);

      port.subscriptions.drain();

      assertThat(lines.next()).isEqualTo("retry: 1000");
      assertThat(lines.next()).isEqualTo(": the server is stopping");
      assertThat(lines.next()).isEmpty();
      assertThat(lines.hasNext()).isFalse();
    }
  }

  @Test
  void wrong_requests_are_told_what_is_wrong() throws Exception {
    try (TestPort port = new TestPort()) {
      assertThat(port.get("/v1/live").body()).contains("\"field\":\"query\"", "is missing");
      assertThat(port.get("/v1/live?query=%7B").body()).contains("\"field\":\"query\"", "JSON");
      assertThat(port.get("/v1/live?query=%7B%22whare%22%3A%22%22%7D").body())
          .contains("\"field\":\"query.whare\"", "unknown field");
      assertThat(port.get(QUERY + "&everything=1").body()).contains("\"field\":\"everything\"");
      assertThat(port.get(QUERY + "&minInterval=1").body()).contains("\"field\":\"minInterval\"");
      assertThat(port.get(QUERY + "&minInterval=0.001s").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void question_that_costs_too_much_is_an_error_and_no_stream() throws Exception {
    try (TestPort port = new TestPort()) {
      HttpResponse<String> answer =
          port.get(
              "/v1/live?query="
                  + URLEncoder.encode("{\"where\":\"limit\"}", StandardCharsets.UTF_8));

      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.body()).contains("LIMIT_EXCEEDED");
    }
  }

  @Test
  void announcements_reach_streams_of_both_kinds() throws Exception {
    try (TestPort port = new TestPort();
        Lines query = Lines.of(port, port.request(QUERY));
        Lines tail = Lines.of(port, port.request("/v1/live/events"))) {
      query.skip(4);
      tail.skip(3);

      HttpResponse<String> answer =
          port.post(
              "/v1/announcements",
              "{\"announcement\":{\"message\":\"Hello\",\"level\":\"WARNING\"}}");

      assertThat(answer.body()).contains("\"receivers\":\"2\"");
      for (Lines lines : List.of(query, tail)) {
        assertThat(lines.next()).isEqualTo("event: announcement");
        assertThat(lines.next()).contains("\"message\":\"Hello\"", "\"level\":\"WARNING\"");
      }
    }
  }

  @Test
  void announcing_needs_an_administrator_and_something_to_say() throws Exception {
    ApiKey reader = new ApiKey("reader", ApiKey.hash("r"), "", Set.of(Permission.READ));
    ApiKey admin = new ApiKey("admin", ApiKey.hash("a"), "", Set.of(Permission.values()));
    try (TestPort port = new TestPort(reader, admin)) {
      String hello = "{\"announcement\":{\"message\":\"Hello\"}}";
      assertThat(post(port, "/v1/announcements", "r", hello).statusCode()).isEqualTo(403);
      assertThat(post(port, "/v1/announcements", "a", hello).statusCode()).isEqualTo(200);
      assertThat(post(port, "/v1/announcements", "a", "{}").body())
          .contains("announcement.message");
    }
  }

  @Test
  void ticket_opens_one_stream_once() throws Exception {
    ApiKey reader = new ApiKey("reader", ApiKey.hash("r"), "shop", Set.of(Permission.READ));
    ApiKey writer = new ApiKey("writer", ApiKey.hash("w"), "shop", Set.of(Permission.WRITE));
    try (TestPort port = new TestPort(reader, writer)) {
      assertThat(port.get(QUERY).statusCode()).isEqualTo(401);
      assertThat(port.get(QUERY + "&ticket=made-up").statusCode()).isEqualTo(401);
      assertThat(post(port, "/v1/streamTickets", "w", "{}").statusCode()).isEqualTo(403);

      HttpResponse<String> made = post(port, "/v1/streamTickets", "r", "{}");
      assertThat(made.statusCode()).isEqualTo(200);
      String ticket = ticket(made);

      try (Lines lines = Lines.of(port, port.request(QUERY + "&ticket=" + ticket))) {
        assertThat(lines.next()).isEqualTo("event: snapshot");
      }
      assertThat(port.get(QUERY + "&ticket=" + ticket).statusCode()).isEqualTo(401);
      // Nor is a ticket a key for anything else.
      String second = ticket(post(port, "/v1/streamTickets", "r", "{}"));
      assertThat(port.get("/v1/stats?ticket=" + second).statusCode()).isEqualTo(401);
    }
  }

  private static String ticket(HttpResponse<String> made) {
    Matcher ticket =
        Pattern.compile("\"ticket\":\"([\\w-]+)\",\"expireTime\":\"\\d{4}-").matcher(made.body());
    assertThat(ticket.find()).isTrue();
    return ticket.group(1);
  }

  private static HttpResponse<String> post(TestPort port, String path, String key, String json)
      throws Exception {
    return port.send(
        port.request(path)
            .header("authorization", "Bearer " + key)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  private static List<Event> events(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Event.newBuilder().setType("t").build())
        .toList();
  }

  /** A response that goes on. */
  private record Lines(HttpResponse<InputStream> response, Scanner scanner)
      implements AutoCloseable {
    static Lines of(TestPort port, HttpRequest.Builder request) throws Exception {
      HttpResponse<InputStream> response =
          port.client.send(request.GET().build(), HttpResponse.BodyHandlers.ofInputStream());
      return new Lines(response, new Scanner(response.body(), StandardCharsets.UTF_8));
    }

    String type() {
      return response.headers().firstValue("content-type").orElseThrow();
    }

    String next() {
      return scanner.nextLine();
    }

    void skip(int lines) {
      for (int i = 0; i < lines; i++) {
        next();
      }
    }

    boolean hasNext() {
      return scanner.hasNextLine();
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }
}
