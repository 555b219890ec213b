package dev.millrace.benchmark;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Acknowledged events a second over one gRPC stream, as fast as the server takes them. */
@Command(
    name = "ingest",
    description = "Loads events over one stream as fast as the server takes them.",
    mixinStandardHelpOptions = true)
final class IngestCommand implements Callable<Integer> {
  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--events",
      description = "How many are measured; ${DEFAULT-VALUE}.",
      defaultValue = "10000000")
  private long events;

  @Option(
      names = "--warmup",
      description = "Events before them, while code is compiled; ${DEFAULT-VALUE}.",
      defaultValue = "5000000")
  private long warmup;

  @Option(
      names = "--batch",
      description = "Events of a batch; ${DEFAULT-VALUE}.",
      defaultValue = "500")
  private int batch;

  @Option(
      names = "--in-flight",
      description = "Batches on their way; ${DEFAULT-VALUE}.",
      defaultValue = "16")
  private int inFlight;

  @Option(names = "--seed", description = "Of the events; ${DEFAULT-VALUE}.", defaultValue = "1")
  private long seed;

  @Override
  public Integer call() throws Exception {
    EventPool pool = new EventPool(seed, 50_000);
    try (ServerUnderTest running = ServerUnderTest.start(server)) {
      if (warmup > 0) {
        new Load(pool, "warm-up", batch, inFlight).run(running.address(), warmup, 0);
      }
      ProcessFigures warm = running.figures();
      Load.Result result =
          new Load(pool, "load", batch, inFlight).run(running.address(), events, 0);
      ProcessFigures after = running.figures();
      Report report = new Report(System.out);
      report.row(
          "ingest, batches of " + batch,
          "%,.0f events/s acknowledged (%,d events of %.0f bytes in %.1f s)",
          result.perSecond(),
          result.accepted(),
          pool.meanBytes(),
          result.seconds());
      long virtualMachine = after.virtualMachineMicros() - warm.virtualMachineMicros();
      report.row(
          "processor time of the server",
          "%.2f µs an event after the first %,d, of which compilers and garbage collector %.2f",
          (double) (after.cpuMicros() - warm.cpuMicros()) / result.accepted(),
          warmup,
          (double) virtualMachine / result.accepted());
      report.row(
          "the same from its start to its end",
          "%.2f µs an event, of which compilers and garbage collector %.2f",
          (double) after.cpuMicros() / (warmup + result.accepted()),
          (double) after.virtualMachineMicros() / (warmup + result.accepted()));
      report.latency("acknowledgement under full load", result.micros());
      report.memory(after);
      report.row(
          "disk",
          "%.0f bytes an event",
          (double) running.dataBytes() / (warmup + result.accepted()));
    }
    return 0;
  }
}
