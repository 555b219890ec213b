package dev.millrace.server.archive;

import dev.millrace.client.Event;
import dev.millrace.client.Millrace;
import dev.millrace.client.Producer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Some requests of each kind, for a server that is being recorded. */
final class Training {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int ROUNDS = 5;
  private static final int EVENTS = 20_000;
  private static final int USERS = 500;

  private static final List<String> GETS =
      List.of("/", "/healthz", "/metrics", "/v1/stats", "/v1/schema", "/v1/events?pageSize=5");

  private static final String EVENT =
      """
      {"events":[{"type":"purchase","userId":"u1","value":29.99,
        "properties":{"page":"/checkout","country":"DE"}}]}
      """;

  private static final String COLLECTED =
      """
      {"user_id":"u1","action":"pageview","page":"/","country":"DE"}
      """;

  private static final List<String> QUERIES =
      List.of(
          """
          {"query":{"measures":[{"name":"revenue","aggregation":"SUM","field":"value"},
                                {"name":"users","aggregation":"UNIQUE","field":"user_id"}],
            "where":"type == 'purchase' && properties.page.startsWith('/')",
            "range":{"last":"24h"},"bucket":{"every":"1h","timeZone":"Europe/Berlin"}}}
          """,
          """
          {"query":{"measures":[{"name":"n","aggregation":"COUNT"},
              {"name":"p95","aggregation":"QUANTILE","field":"value","quantile":0.95}],
            "range":{"last":"7d"},"groupBy":["properties.country"],
            "orderBy":[{"by":"n","descending":true}],"limit":5}}
          """);

  private final BooleanSupplier alive;
  private final int port;

  Training(BooleanSupplier alive, int port) {
    this.alive = alive;
    this.port = port;
  }

  void run() throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      awaitReady(http);
      ingest();
      for (int i = 0; i < ROUNDS; i++) {
        send(http, post("/v1/events", EVENT));
        send(http, post("/v1/collect", COLLECTED));
        for (String query : QUERIES) {
          send(http, post("/v1/query", query));
        }
        for (String path : GETS) {
          send(http, to(path).build());
        }
      }
    }
  }

  private void awaitReady(HttpClient http) throws IOException, InterruptedException {
    long end = System.nanoTime() + READY.toNanos();
    while (System.nanoTime() - end < 0) {
      if (!alive.getAsBoolean()) {
        throw new IOException("the server ended");
      }
      try {
        if (answer(http, to("/readyz").build()).statusCode() == 200) {
          return;
        }
      } catch (IOException notListening) {
        // Not yet; the loop asks again.
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new IOException("the server wasn't ready in " + READY.toSeconds() + " s");
  }

  private void ingest() throws InterruptedException {
    try (Millrace millrace = Millrace.connect("127.0.0.1:" + port);
        Producer producer = millrace.producer().producerId("training").build()) {
      for (int i = 0; i < EVENTS; i++) {
        producer.send(
            Event.builder(i % 3 == 0 ? "purchase" : "page_view")
                .userId("user-" + i % USERS)
                .value(i % 100 / 4.0)
                .property("page", "/products/" + i % 200)
                .property("country", i % 2 == 0 ? "DE" : "US")
                .build());
      }
      producer.flush();
    }
  }

  private static void send(HttpClient http, HttpRequest request)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = answer(http, request);
    if (answer.statusCode() != 200) {
      throw new IOException(request.uri() + " answered " + answer.body());
    }
  }

  private static HttpResponse<String> answer(HttpClient http, HttpRequest request)
      throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest post(String path, String json) {
    return to(path)
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json))
        .build();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(ANSWER);
  }
}
