package dev.millrace.benchmark;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Acknowledged events a second as JSON, one request a batch, over HTTP/2. */
@Command(
    name = "json",
    description = "Loads events as JSON, a request a batch, over HTTP/2.",
    mixinStandardHelpOptions = true)
final class JsonCommand implements Callable<Integer> {
  @Mixin private ServerOptions server = new ServerOptions();

  @Option(names = "--events", description = "How many; ${DEFAULT-VALUE}.", defaultValue = "1000000")
  private long events;

  @Option(
      names = "--warmup",
      description = "Events before the measurement; ${DEFAULT-VALUE}.",
      defaultValue = "300000")
  private long warmup;

  @Option(
      names = "--batch",
      description = "Events of a batch; ${DEFAULT-VALUE}.",
      defaultValue = "100")
  private int batch;

  @Option(
      names = "--concurrency",
      description = "Requests on their way; ${DEFAULT-VALUE}.",
      defaultValue = "16")
  private int concurrency;

  @Option(names = "--seed", description = "Of the events; ${DEFAULT-VALUE}.", defaultValue = "1")
  private long seed;

  @Override
  public Integer call() throws Exception {
    EventPool pool = new EventPool(seed, 1);
    try (ServerUnderTest running = ServerUnderTest.start(server);
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      run(running, http, pool, warmup);
      ProcessFigures before = running.figures();
      Load.Result result = run(running, http, pool, events);
      ProcessFigures after = running.figures();
      Report report = new Report(System.out);
      report.row(
          "JSON, a request a batch of " + batch,
          "%,.0f events/s acknowledged (%,d in %.1f s)",
          result.perSecond(),
          result.accepted(),
          result.seconds());
      report.row(
          "processor time of the server",
          "%.2f µs an event",
          (double) (after.cpuMicros() - before.cpuMicros()) / result.accepted());
      report.latency("answer under full load", result.micros());
      report.memory(after);
    }
    return 0;
  }

  private Load.Result run(ServerUnderTest running, HttpClient http, EventPool pool, long count)
      throws InterruptedException, IOException {
    Semaphore slots = new Semaphore(concurrency);
    AtomicLong failures = new AtomicLong();
    Histogram micros = new ConcurrentHistogram(Duration.ofMinutes(5).toNanos() / 1000, 3);
    long start = System.nanoTime();
    long sent = 0;
    for (; sent < count; sent += batch) {
      HttpRequest request = request(running, pool);
      slots.acquire();
      long sentNanos = System.nanoTime();
      CompletableFuture<HttpResponse<String>> answer =
          http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
      var _ =
          answer.whenComplete(
              (response, failure) -> {
                if (failure != null
                    || response.statusCode() != 200
                    || !response.body().contains("\"accepted\":\"" + batch + "\"")) {
                  failures.incrementAndGet();
                }
                micros.recordValue((System.nanoTime() - sentNanos) / 1000);
                slots.release();
              });
    }
    slots.acquire(concurrency);
    if (failures.get() > 0) {
      throw new IOException(failures.get() + " requests failed");
    }
    return new Load.Result(sent, (System.nanoTime() - start) / 1e9, micros);
  }

  private HttpRequest request(ServerUnderTest running, EventPool pool) {
    StringBuilder body = new StringBuilder(batch * 300).append("{\"events\":[");
    for (int i = 0; i < batch; i++) {
      if (i > 0) {
        body.append(',');
      }
      pool.writeJson(body);
    }
    return HttpRequest.newBuilder(running.uri("/v1/events"))
        .header("content-type", "application/json")
        .timeout(Duration.ofSeconds(60))
        .POST(HttpRequest.BodyPublishers.ofString(body.append("]}").toString()))
        .build();
  }
}
