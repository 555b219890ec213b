package dev.millrace.benchmark;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The time to an acknowledgement at a steady rate, from when a batch was due. */
@Command(
    name = "latency",
    description = "Measures acknowledgements at a steady rate of events.",
    mixinStandardHelpOptions = true)
final class LatencyCommand implements Callable<Integer> {
  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--rate",
      description = "Events a second; ${DEFAULT-VALUE}.",
      defaultValue = "50000")
  private double rate;

  @Option(names = "--seconds", description = "How long; ${DEFAULT-VALUE}.", defaultValue = "30")
  private int seconds;

  @Option(
      names = "--warmup-seconds",
      description = "How long before the measurement; ${DEFAULT-VALUE}.",
      defaultValue = "10")
  private int warmupSeconds;

  @Option(
      names = "--batch",
      description = "Events of a batch; ${DEFAULT-VALUE}.",
      defaultValue = "100")
  private int batch;

  @Option(names = "--seed", description = "Of the events; ${DEFAULT-VALUE}.", defaultValue = "1")
  private long seed;

  @Override
  public Integer call() throws Exception {
    EventPool pool = new EventPool(seed, 50_000);
    try (ServerUnderTest running = ServerUnderTest.start(server)) {
      run(running, pool, "warm-up", warmupSeconds);
      Load.Result result = run(running, pool, "load", seconds);
      Report report = new Report(System.out);
      report.latency(
          String.format(
              java.util.Locale.ROOT,
              "acknowledgement at %,.0f events/s, batches of %d",
              result.perSecond(),
              batch),
          result.micros());
      report.memory(running.figures());
    }
    return 0;
  }

  private Load.Result run(ServerUnderTest running, EventPool pool, String producer, int duration)
      throws InterruptedException {
    return new Load(pool, producer, batch, 1024)
        .run(running.address(), (long) (rate * duration), rate);
  }
}
