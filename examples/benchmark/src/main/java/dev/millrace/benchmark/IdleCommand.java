package dev.millrace.benchmark;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The memory of a server that does nothing. */
@Command(
    name = "idle",
    description = "Measures the memory of a server that does nothing.",
    mixinStandardHelpOptions = true)
final class IdleCommand implements Callable<Integer> {
  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--seconds",
      description = "How long it does nothing first; ${DEFAULT-VALUE}.",
      defaultValue = "10")
  private int seconds;

  @Override
  public Integer call() throws Exception {
    try (ServerUnderTest running = ServerUnderTest.start(server)) {
      TimeUnit.SECONDS.sleep(seconds);
      Report report = new Report(System.out);
      report.row("start to ready", "%.2f s", running.untilReady().toMillis() / 1e3);
      report.memory(running.figures());
    }
    return 0;
  }
}
