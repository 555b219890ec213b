package dev.millrace.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The time from the start of the process to readiness, with many events stored. */
@Command(
    name = "start",
    description = "Stores events, then measures starts until the server is ready.",
    mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--events",
      description = "Events to store first; ${DEFAULT-VALUE}.",
      defaultValue = "10000000")
  private long events;

  @Option(names = "--starts", description = "How often; ${DEFAULT-VALUE}.", defaultValue = "3")
  private int starts;

  @Override
  public Integer call() throws Exception {
    @Nullable Path temporary = null;
    if (server.data == null) {
      temporary = Files.createTempDirectory("millrace-benchmark");
      server.data = temporary;
    }
    long bytes;
    try (ServerUnderTest running = ServerUnderTest.start(server)) {
      if (events > 0) {
        new Load(new EventPool(1, 50_000), "load", 1000, 16).run(running.address(), events, 0);
      }
      bytes = running.dataBytes();
    }
    Report report = new Report(System.out);
    report.row("events stored", "%,d (%,d MB)", events, bytes >> 20);
    for (int i = 0; i < starts; i++) {
      try (ServerUnderTest running = ServerUnderTest.start(server)) {
        report.row("start to ready", "%.2f s", running.untilReady().toMillis() / 1e3);
        report.memory(running.figures());
      }
    }
    if (temporary != null) {
      ServerUnderTest.delete(temporary);
    }
    return 0;
  }
}
