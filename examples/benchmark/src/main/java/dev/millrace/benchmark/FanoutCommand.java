package dev.millrace.benchmark;

import com.google.protobuf.util.Durations;
import dev.millrace.v1.GetStatsRequest;
import dev.millrace.v1.GetStatsResponse;
import dev.millrace.v1.Measure;
import dev.millrace.v1.Query;
import dev.millrace.v1.SubscribeRequest;
import dev.millrace.v1.SystemServiceGrpc;
import dev.millrace.v1.TimeRange;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Many subscribers of one query while events come in. */
@Command(
    name = "fanout",
    description = "Measures updates to many subscribers of one query while events come in.",
    mixinStandardHelpOptions = true)
final class FanoutCommand implements Callable<Integer> {
  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--subscribers",
      description = "Those who read; ${DEFAULT-VALUE}.",
      defaultValue = "1000")
  private int subscribers;

  @Option(
      names = "--stalled",
      description = "Further ones who stop reading after the snapshot; ${DEFAULT-VALUE}.",
      defaultValue = "0")
  private int stalled;

  @Option(
      names = "--rate",
      description = "Events a second; ${DEFAULT-VALUE}.",
      defaultValue = "50000")
  private double rate;

  @Option(names = "--seconds", description = "How long; ${DEFAULT-VALUE}.", defaultValue = "20")
  private int seconds;

  @Option(
      names = "--interval",
      description = "Milliseconds between updates at least; ${DEFAULT-VALUE}.",
      defaultValue = "10")
  private long intervalMillis;

  @Option(
      names = "--last",
      description = "The range of the query; ${DEFAULT-VALUE}.",
      defaultValue = "10s")
  private String last = "";

  @Option(
      names = "--batch",
      description = "Events of a batch; ${DEFAULT-VALUE}.",
      defaultValue = "100")
  private int batch;

  @Override
  public Integer call() throws Exception {
    EventPool pool = new EventPool(1, 50_000);
    try (ServerUnderTest running = ServerUnderTest.start(server);
        Subscribers few = new Subscribers(running.address());
        Subscribers many = new Subscribers(running.address())) {
      few.add(request(), 50, true);
      load(running, pool, "warm-up", 5);
      long heapBefore = heap(running);
      long memoryBefore = running.figures().anonymousBytes();
      many.add(request(), subscribers, true);
      many.add(request(), stalled, false);
      long heapOfAll = heap(running) - heapBefore;
      long cpuBefore = running.figures().cpuMicros();
      long messagesBefore = many.messages();
      Load.Result result = load(running, pool, "load", seconds);
      long messages = many.messages() - messagesBefore;
      Report report = new Report(System.out);
      report.row("events a second", "%,.0f", result.perSecond());
      report.row(
          "messages a second to %,d readers".formatted(subscribers),
          "%,.0f (of %,d bytes)",
          messages / result.seconds(),
          many.bytes() / Math.max(1, many.messages()));
      report.row(
          "server CPU",
          "%.0f %% of one processor",
          (running.figures().cpuMicros() - cpuBefore) / result.seconds() / 1e4);
      statistics(report, running);
      memory(report, running, heapOfAll, memoryBefore);
    }
    return 0;
  }

  private SubscribeRequest request() {
    return SubscribeRequest.newBuilder()
        .setMinInterval(Durations.fromMillis(intervalMillis))
        .setQuery(
            Query.newBuilder()
                .addMeasures(
                    Measure.newBuilder().setName("n").setAggregation(Measure.Aggregation.COUNT))
                .addMeasures(
                    Measure.newBuilder()
                        .setName("sum")
                        .setAggregation(Measure.Aggregation.SUM)
                        .setField("value"))
                .addGroupBy("type")
                .setRange(TimeRange.newBuilder().setLast(last)))
        .build();
  }

  private Load.Result load(ServerUnderTest running, EventPool pool, String producer, int duration)
      throws InterruptedException {
    return new Load(pool, producer, batch, 1024)
        .run(running.address(), (long) (rate * duration), rate);
  }

  private static void statistics(Report report, ServerUnderTest running)
      throws InterruptedException {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(running.address()).usePlaintext().build();
    try {
      GetStatsResponse stats =
          SystemServiceGrpc.newBlockingStub(channel).getStats(GetStatsRequest.getDefaultInstance());
      report.row(
          "first commit of an update to its hand-over to the transport",
          "p50 %.1f ms, p99 %.1f ms",
          Durations.toMicros(stats.getDeliveryLatencyP50()) / 1e3,
          Durations.toMicros(stats.getDeliveryLatencyP99()) / 1e3);
      report.row("states skipped by slow readers", "%,d", stats.getUpdatesConflated());
    } finally {
      channel.shutdownNow();
      channel.awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private void memory(Report report, ServerUnderTest running, long heapOfAll, long anonymousBefore)
      throws IOException {
    double kilobytes = 1024.0 * (subscribers + stalled);
    report.row("heap for a subscriber, once all have begun", "%.1f KB", heapOfAll / kilobytes);
    report.row(
        "growth of anonymous memory for a subscriber, by the end",
        "%.1f KB",
        (running.figures().anonymousBytes() - anonymousBefore) / kilobytes);
    report.memory(running.figures());
  }

  /** Bytes of heap in use after a collection, by the server's own metrics. */
  private static long heap(ServerUnderTest running) throws IOException, InterruptedException {
    running.collectGarbage();
    HttpRequest ask =
        HttpRequest.newBuilder(running.uri("/metrics"))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    return HttpClient.newHttpClient()
        .send(ask, HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }
}
