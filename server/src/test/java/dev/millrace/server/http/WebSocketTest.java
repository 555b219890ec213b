package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.log.Position;
import dev.millrace.v1.Event;
import java.io.IOException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The WebSocket, by the JDK's client. */
@Timeout(60)
class WebSocketTest {
  private static final String QUERY =
      "{\"type\":\"subscribe\",\"id\":\"1\",\"query\":{\"limit\":100,\"measures\":[{\"name\":\"n\"}]}}";

  private TestPort port;

  @BeforeEach
  void start() throws IOException {
    port = new TestPort();
  }

  @AfterEach
  void stop() {
    port.close();
  }

  @Test
  void query_is_a_snapshot_and_what_changes() throws Exception {
    try (Client client = new Client()) {
      client.say(QUERY);
      assertThat(client.hear("snapshot"))
          .startsWith("{\"type\":\"snapshot\",\"id\":\"1\",\"timestamp\":\"")
          .contains("\"position\":\"" + new Position(0, 0).token() + ".", "\"evaluatedAt\":\"")
          .contains("\"snapshot\":{\"rows\":[{\"values\":{\"n\":0.0}}]}");

      port.storage.append(0, events("t", 3));

      assertThat(client.hear("metric_update"))
          .contains("\"id\":\"1\"", "\"upserted\":[{\"values\":{\"n\":3.0}}]");
    }
    await().until(() -> port.subscriptions.subscribers() == 0);
    assertThat(port.sockets.count()).isZero();
  }

  @Test
  void subscription_resumes_by_position() throws Exception {
    try (Client client = new Client()) {
      client.say(QUERY);
      Matcher position =
          Pattern.compile("\"position\":\"([^\"]+)\"").matcher(client.hear("snapshot"));
      assertThat(position.find()).isTrue();
      String resume =
          QUERY.replace("\"1\",", "\"2\",\"resumePosition\":\"" + position.group(1) + "\",");
      client.say(resume);
      assertThat(client.hear("metric_update"))
          .contains("\"id\":\"2\"", "\"delta\":{\"upserted\":[],\"removed\":[]}");
    }
  }

  @Test
  void events_come_one_by_one_and_their_positions_resume() throws Exception {
    try (Client client = new Client()) {
      client.say("{\"type\":\"subscribe\",\"id\":\"e\",\"events\":{\"where\":\"type == 'b'\"}}");
      await().until(() -> port.tails.messagesSent() == 1);
      port.storage.append(0, events("a", 2));
      port.storage.append(0, events("b", 2));

      assertThat(client.hear("event"))
          .contains("\"id\":\"e\"", "\"timestamp\":\"", "\"event\":{", "\"sequence\":\"2\"");
      assertThat(client.hear("event"))
          .contains("\"position\":\"" + new Position(4, 0).token() + "\"", "\"sequence\":\"3\"");
    }
  }

  @Test
  void statistics_are_a_channel() throws Exception {
    try (Client client = new Client()) {
      client.say("{\"type\":\"subscribe\",\"id\":\"m\",\"channel\":\"metrics\"}");
      assertThat(client.hear("snapshot")).contains("\"id\":\"m\"", "\"rows\":[");
    }
  }

  @Test
  void unsubscribed_id_is_free_again() throws Exception {
    try (Client client = new Client()) {
      client.say(QUERY);
      client.hear("snapshot");
      client.say(QUERY);
      assertThat(client.hear("error")).contains("\"id\":\"1\"", "\"field\":\"id\"");

      client.say("{\"type\":\"unsubscribe\",\"id\":\"1\"}");
      await().until(() -> port.subscriptions.subscribers() == 0);
      client.say(QUERY);
      client.hear("snapshot");
    }
  }

  @Test
  void what_is_wrong_is_told_and_the_connection_goes_on() throws Exception {
    try (Client client = new Client()) {
      client.say("{\"type\":\"subscribe\",\"id\":\"1\",\"funnel\":{}}");
      assertThat(client.hear("error")).contains("\"id\":\"1\"", "\"field\":\"funnel\"", "query");
      client.say("{\"type\":\"subscribe\",\"id\":\"1\",\"dashboard\":\"d\"}");
      assertThat(client.hear("error")).contains("\"field\":\"dashboard\"");
      client.say("{\"type\":\"subscribe\",\"id\":\"1\",\"alerts\":true}");
      assertThat(client.hear("error")).contains("\"field\":\"alerts\"");
      client.say("{\"type\":\"subscribe\",\"id\":\"1\",\"query\":{\"whare\":\"\"}}");
      assertThat(client.hear("error")).contains("\"field\":\"query.whare\"");
      client.say("{\"type\":\"subscribe\",\"query\":{}}");
      assertThat(client.hear("error")).contains("\"field\":\"id\"");
      client.say("{\"type\":\"subscribe\",\"id\":\"1\",\"channel\":\"weather\"}");
      assertThat(client.hear("error")).contains("\"field\":\"channel\"");
      client.say("{\"type\":\"subscribe\",\"id\":\"1\",\"events\":{\"where\":\"nonsense\"}}");
      assertThat(client.hear("error")).contains("\"field\":\"where\"");
      client.say("{\"type\":\"shout\"}");
      assertThat(client.hear("error")).contains("\"field\":\"type\"");
      client.say("not JSON");
      assertThat(client.hear("error")).contains("isn't valid JSON");
      client.say("{\"type\":\"unsubscribe\",\"id\":\"9\"}");
      assertThat(client.hear("error")).contains("\"id\":\"9\"");
      client.say(QUERY.replace("{\"limit\"", "{\"where\":\"limit\",\"limit\""));
      assertThat(client.hear("error")).contains("\"id\":\"1\"", "LIMIT_EXCEEDED");
      client.say(QUERY);
      client.hear("snapshot");
    }
  }

  @Test
  void both_sides_ask_for_signs_of_life() throws Exception {
    try (Client client = new Client()) {
      client.say("{\"type\":\"ping\"}");
      client.hear("pong");
      client.hear("ping");
      // The JDK answers the protocol's own pings, so the connection lives on.
      client.hear("ping");
      client.hear("ping");
      client.say("{\"type\":\"pong\"}");
      client.say(QUERY);
      client.hear("snapshot");
    }
  }

  @Test
  void announcements_come_once_for_a_connection() throws Exception {
    try (Client client = new Client()) {
      client.say(QUERY);
      client.say(QUERY.replace("\"1\"", "\"2\""));
      client.hear("snapshot");
      client.hear("snapshot");

      String answer =
          port.post("/v1/announcements", "{\"announcement\":{\"message\":\"Hello\"}}").body();

      assertThat(answer).contains("\"receivers\":\"1\"");
      assertThat(client.hear("announcement")).contains("\"message\":\"Hello\"");
    }
  }

  @Test
  void message_in_pieces_is_one_message() throws Exception {
    try (Client client = new Client()) {
      client.socket.sendText(QUERY.substring(0, 20), false).get();
      client.socket.sendText(QUERY.substring(20), true).get();
      client.hear("snapshot");
    }
  }

  @Test
  void too_large_a_message_ends_the_connection() throws Exception {
    try (Client client = new Client()) {
      for (int i = 0; i < 3; i++) {
        client.socket.sendText(" ".repeat(30_000), i == 2).get();
      }
      assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1009);
    }
  }

  @Test
  void stopping_server_closes_with_a_restart() throws Exception {
    try (Client client = new Client()) {
      client.say(QUERY);
      client.hear("snapshot");

      port.sockets.drain();

      assertThat(client.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1012);
    }
  }

  @Test
  void pages_of_other_origins_are_refused_unless_allowed() throws Exception {
    for (String foreign : List.of("https://evil.example", "http://127.0.0.1:1", "null")) {
      assertThatThrownBy(() -> new Client("origin", foreign))
          .hasCauseInstanceOf(WebSocketHandshakeException.class);
    }
    new Client("origin", "https://example.org").close();
    new Client("origin", "http://127.0.0.1:" + port.port()).close();
  }

  private static List<Event> events(String type, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Event.newBuilder().setType(type).build())
        .toList();
  }

  /** A client that keeps what it hears. */
  private final class Client implements WebSocket.Listener, AutoCloseable {
    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    final WebSocket socket;
    private final StringBuilder begun = new StringBuilder();

    Client(String... headers) throws Exception {
      WebSocket.Builder builder = port.client.newWebSocketBuilder();
      for (int i = 0; i < headers.length; i += 2) {
        builder.header(headers[i], headers[i + 1]);
      }
      socket =
          builder
              .buildAsync(java.net.URI.create("ws://127.0.0.1:" + port.port() + "/ws"), this)
              .get(10, TimeUnit.SECONDS);
    }

    void say(String text) throws Exception {
      socket.sendText(text, true).get(10, TimeUnit.SECONDS);
    }

    /** The next message, which must be of a type; signs of life are passed over. */
    String hear(String type) throws Exception {
      while (true) {
        String message = heard.poll(10, TimeUnit.SECONDS);
        assertThat(message).as("a message of type " + type).isNotNull();
        if (message.startsWith("{\"type\":\"" + type + "\"")) {
          return message;
        }
        assertThat(message).startsWith("{\"type\":\"ping\"");
      }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      begun.append(data);
      if (last) {
        heard.add(begun.toString());
        begun.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      closed.complete(status);
      return null;
    }

    @Override
    public void close() {
      socket.abort();
    }
  }
}
