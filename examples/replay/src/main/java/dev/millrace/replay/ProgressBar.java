package dev.millrace.replay;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One line that shows how far something is: redrawn in place on a terminal, a line every few
 * seconds elsewhere. Confined to one thread.
 */
public final class ProgressBar implements AutoCloseable {
  private static final int WIDTH = 28;
  private static final Duration REDRAW = Duration.ofMillis(100);
  private static final Duration LINE = Duration.ofSeconds(5);

  private final PrintStream out;
  private final boolean terminal;
  private final String label;
  private final long total;
  private final LongSupplier nanos;
  private final long startNanos;
  private long nextNanos;
  private long done;

  /**
   * @param terminal whether the line can be redrawn
   * @param total how many there are; 0 if that isn't known
   * @param nanos a clock in nanoseconds, such as {@link System#nanoTime}
   */
  public ProgressBar(
      PrintStream out, boolean terminal, String label, long total, LongSupplier nanos) {
    this.out = out;
    this.terminal = terminal;
    this.label = label;
    this.total = total;
    this.nanos = nanos;
    startNanos = nanos.getAsLong();
    nextNanos = startNanos;
  }

  /** Whether standard output is a terminal, where a line can be redrawn. */
  public static boolean onTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /** Shows that so many are done, if it is time to. */
  public void update(long count) {
    done = count;
    long now = nanos.getAsLong();
    if (now - nextNanos >= 0) {
      nextNanos = now + (terminal ? REDRAW : LINE).toNanos();
      draw();
    }
  }

  /** Shows the last state and ends the line. */
  @Override
  public void close() {
    draw();
    if (terminal) {
      out.println();
    }
  }

  private void draw() {
    String line = line();
    if (terminal) {
      out.print("\r" + line + "\u001b[K");
    } else {
      out.println(line);
    }
    out.flush();
  }

  private String line() {
    double seconds = Math.max(1e-3, (nanos.getAsLong() - startNanos) / 1e9);
    String figures = String.format(Locale.ROOT, "%,d events, %,.0f/s", done, done / seconds);
    if (total <= 0) {
      return label + "  " + figures;
    }
    double part = Math.min(1, (double) done / total);
    int full = (int) Math.round(part * WIDTH);
    return String.format(
        Locale.ROOT,
        "%s  [%s%s] %3.0f%%  %s",
        label,
        "#".repeat(full),
        ".".repeat(WIDTH - full),
        part * 100,
        figures);
  }
}
