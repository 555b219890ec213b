package dev.millrace.replay;

import dev.millrace.client.Millrace;
import dev.millrace.client.Producer;
import dev.millrace.client.ProducerStats;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line: sends a file of recorded events to a server. */
@Command(
    name = "millrace-replay",
    mixinStandardHelpOptions = true,
    description = "Sends recorded events to a Millrace server. Sending them again adds nothing.")
public final class Main implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "What to send, plain or packed with gzip or zip. Wikipedia edits if not given.")
  private @Nullable Path file;

  @Option(
      names = "--format",
      description = "The file's format: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
      defaultValue = "WIKIPEDIA")
  private Datasets.Kind format = Datasets.Kind.WIKIPEDIA;

  @Option(
      names = "--address",
      description = "The server. Default: ${DEFAULT-VALUE}.",
      defaultValue = "127.0.0.1:8080")
  private String address = "";

  @Option(names = "--tls", description = "Connects with TLS.")
  private boolean tls;

  @Option(names = "--api-key", description = "A key of the server; MILLRACE_API_KEY if not given.")
  private @Nullable String apiKey = System.getenv("MILLRACE_API_KEY");

  @Option(names = "--project", description = "The project to write to.", defaultValue = "")
  private String project = "";

  @Option(
      names = "--shift",
      description = "`now` moves all times so that --point is now; `none` (default) keeps them.",
      defaultValue = "none")
  private String shift = "none";

  @Option(
      names = "--point",
      description =
          "The recorded time that becomes now: an ISO 8601 time, `first` or `last`. Default: `first`"
              + " with --pace, otherwise `last`.")
  private @Nullable String point;

  @Option(
      names = "--pace",
      description =
          "Sends what is after --point at its original pace, so many times faster. Flat out if not"
              + " given.")
  private @Nullable Double pace;

  private final PrintStream out = System.out;

  public static void main(String[] args) {
    System.exit(command().execute(args));
  }

  static CommandLine command() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (e, command, parsed) -> {
              command.getErr().println("millrace-replay: " + e.getMessage());
              return 1;
            });
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Dataset data = file == null ? Datasets.wikipediaEdits() : Datasets.file(format, file);
    Timeline timeline = timeline(data);
    Millrace.Builder connection = Millrace.builder(address).project(project);
    if (tls) {
      connection.tls();
    }
    if (apiKey != null) {
      connection.apiKey(apiKey);
    }
    try (Millrace millrace = connection.build();
        Producer producer = millrace.producer().build()) {
      Replay replay = new Replay(producer, Pacer.of(InstantSource.system()));
      try (ProgressBar bar =
          new ProgressBar(out, ProgressBar.onTerminal(), data.name(), 0, System::nanoTime)) {
        replay.run(
            data, timeline, 0, Long.MAX_VALUE, recorded -> bar.update(producer.stats().answered()));
        producer.flush();
        bar.update(producer.stats().answered());
      }
      ProducerStats stats = producer.stats();
      out.printf(
          "%,d stored, %,d had been stored before, %,d rejected, %,d filtered%n",
          stats.accepted(), stats.duplicates(), stats.rejected(), stats.filtered());
    }
    return 0;
  }

  private Timeline timeline(Dataset data) throws IOException {
    boolean toNow =
        switch (shift) {
          case "now" -> true;
          case "none" -> false;
          default -> throw new IllegalArgumentException("--shift is `now` or `none`, not " + shift);
        };
    if (pace == null && !toNow) {
      return Timeline.asRecorded();
    }
    Instant pivot = instant(data, point != null ? point : pace != null ? "first" : "last");
    Instant now = Instant.now();
    if (pace == null) {
      return Timeline.moved(pivot, now);
    }
    return new Timeline(pivot, now, pace, toNow);
  }

  private static Instant instant(Dataset data, String point) throws IOException {
    switch (point) {
      case "first", "last" -> {
        try (Stream<Recorded> events = data.events()) {
          Stream<Instant> times = events.map(Recorded::time);
          Optional<Instant> found =
              point.equals("first") ? times.min(Instant::compareTo) : times.max(Instant::compareTo);
          return found.orElseThrow(() -> new IllegalArgumentException("there are no events"));
        }
      }
      default -> {
        try {
          return Instant.parse(point);
        } catch (DateTimeException e) {
          throw new IllegalArgumentException(
              "--point is an ISO 8601 time, `first` or `last`, not " + point, e);
        }
      }
    }
  }
}
