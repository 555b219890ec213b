package dev.millrace.benchmark.queries;

import dev.millrace.benchmark.Machine;
import dev.millrace.benchmark.ProcessFigures;
import dev.millrace.benchmark.ServerOptions;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Six questions about the same events in Millrace and its peers, one engine after the other. */
@Command(
    name = "queries",
    description = "Asks Millrace, DuckDB and QuestDB the same about the same events.",
    mixinStandardHelpOptions = true)
public final class QueriesCommand implements Callable<Integer> {
  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--events",
      description = "How many; ${DEFAULT-VALUE}.",
      defaultValue = "10000000")
  private long events;

  @Option(
      names = "--peers",
      split = ",",
      description = "Who else is asked: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.",
      defaultValue = "DUCKDB,QUESTDB")
  private List<Peer> peers = List.of();

  @Option(
      names = "--runs",
      description = "Of which the median counts; ${DEFAULT-VALUE}.",
      defaultValue = "30")
  private int runs;

  @Option(names = "--warmup", description = "Runs before; ${DEFAULT-VALUE}.", defaultValue = "15")
  private int warmup;

  @Option(names = "--seed", description = "Of the events; ${DEFAULT-VALUE}.", defaultValue = "1")
  private long seed;

  private final PrintStream out = System.out;

  /** Other engines; NONE measures Millrace alone. */
  enum Peer {
    DUCKDB,
    QUESTDB,
    NONE
  }

  /** What one engine came to. */
  private record Outcome(String name, Map<Question, Timed> questions, double bytesPerEvent) {
    Timed to(Question question) {
      return Objects.requireNonNull(questions.get(question));
    }
  }

  /**
   * An answer and its medians.
   *
   * @param engineNanos in the engine
   * @param clientNanos at the caller
   */
  private record Timed(SortedMap<String, double[]> rows, double engineNanos, double clientNanos) {}

  @Override
  public Integer call() throws Exception {
    ShopEvents made = new ShopEvents(seed, events);
    out.println(Machine.describe());
    List<Outcome> outcomes = new ArrayList<>();
    try (MillraceStore millrace = new MillraceStore(server)) {
      outcomes.add(measure(millrace, made));
      ProcessFigures figures = millrace.server().figures();
      out.printf(
          Locale.ROOT,
          "Millrace took %,d events in %.1f s (%,.0f/s, making them included); then %d MB"
              + " anonymous, %d MB resident%n",
          events,
          millrace.loadSeconds(),
          events / millrace.loadSeconds(),
          figures.anonymousBytes() >> 20,
          figures.residentBytes() >> 20);
    }
    for (Peer peer : peers) {
      if (peer != Peer.NONE) {
        try (Store store = peer == Peer.DUCKDB ? new DuckDbStore() : new QuestDbStore()) {
          outcomes.add(measure(store, made));
        }
      }
    }
    table(outcomes);
    List<String> differences = new ArrayList<>();
    outcomes.forEach(other -> compare(outcomes.getFirst(), other, differences));
    differences.forEach(difference -> out.println("DIFFERENT: " + difference));
    if (differences.isEmpty() && outcomes.size() > 1) {
      out.println("All gave the same answers, estimates within their bounds.");
    }
    return differences.isEmpty() ? 0 : 1;
  }

  private Outcome measure(Store store, ShopEvents made) throws Exception {
    store.load(made);
    Map<Question, Timed> questions = new EnumMap<>(Question.class);
    for (Question question : Question.values()) {
      SortedMap<String, double[]> rows = new TreeMap<>();
      for (int i = 0; i < warmup; i++) {
        rows = store.ask(question).rows();
      }
      long[] engineNanos = new long[runs];
      long[] clientNanos = new long[runs];
      for (int i = 0; i < runs; i++) {
        Store.Answer answer = store.ask(question);
        engineNanos[i] = answer.engineNanos();
        clientNanos[i] = answer.clientNanos();
        rows = answer.rows();
      }
      questions.put(question, new Timed(rows, median(engineNanos), median(clientNanos)));
    }
    return new Outcome(store.name(), questions, (double) store.bytes() / made.count());
  }

  private static double median(long[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  private void table(List<Outcome> outcomes) {
    StringBuilder head = new StringBuilder("| question | Millrace | at its client |");
    StringBuilder rule = new StringBuilder("|---|---|---|");
    for (Outcome peer : outcomes.subList(1, outcomes.size())) {
      head.append(' ').append(peer.name()).append(" |");
      rule.append("---|");
    }
    out.printf(Locale.ROOT, "%n%,d events, median of %d in ms%n%n", events, runs);
    out.println(head + " times the better peer |");
    out.println(rule + "---|");
    for (Question question : Question.values()) {
      row(question, outcomes);
    }
    StringBuilder bytes = new StringBuilder("| bytes on disk an event |");
    for (int i = 0; i < outcomes.size(); i++) {
      bytes.append(String.format(Locale.ROOT, " %.1f |", outcomes.get(i).bytesPerEvent()));
      bytes.append(i == 0 ? " |" : "");
    }
    out.println(bytes + " |");
  }

  private void row(Question question, List<Outcome> outcomes) {
    Timed own = outcomes.getFirst().to(question);
    StringBuilder row =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "| %s: %s | %.1f | %.1f |",
                question.name().toLowerCase(Locale.ROOT),
                question.meaning,
                own.engineNanos() / 1e6,
                own.clientNanos() / 1e6));
    double best = Double.POSITIVE_INFINITY;
    for (Outcome peer : outcomes.subList(1, outcomes.size())) {
      double nanos = peer.to(question).engineNanos();
      best = Math.min(best, nanos);
      row.append(String.format(Locale.ROOT, " %.1f |", nanos / 1e6));
    }
    out.println(
        row
            + (outcomes.size() > 1
                ? String.format(Locale.ROOT, " %.2f |", own.engineNanos() / best)
                : " |"));
  }

  private static void compare(Outcome own, Outcome other, List<String> differences) {
    for (Question question : Question.values()) {
      SortedMap<String, double[]> left = own.to(question).rows();
      SortedMap<String, double[]> right = other.to(question).rows();
      if (!left.keySet().equals(right.keySet())) {
        differences.add(
            "%s: %d rows in %s, %d in %s"
                .formatted(question, left.size(), own.name(), right.size(), other.name()));
        continue;
      }
      left.forEach(
          (key, figures) -> {
            double[] others = Objects.requireNonNull(right.get(key));
            for (int i = 0; i < figures.length; i++) {
              double room = Math.max(question.absolute, question.relative * Math.abs(others[i]));
              if (Math.abs(figures[i] - others[i]) > room) {
                differences.add(
                    "%s %s: %s in %s, %s in %s"
                        .formatted(question, key, figures[i], own.name(), others[i], other.name()));
              }
            }
          });
    }
  }
}
