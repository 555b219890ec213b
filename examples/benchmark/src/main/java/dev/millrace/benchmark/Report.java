package dev.millrace.benchmark;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.PrintStream;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Figures as rows of a Markdown table. */
final class Report {
  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
    out.println(Machine.describe());
    out.println();
    out.println("| what | figure |");
    out.println("|---|---|");
  }

  @FormatMethod
  void row(String what, @FormatString String format, Object... figures) {
    out.printf(Locale.ROOT, "| %s | %s |%n", what, String.format(Locale.ROOT, format, figures));
  }

  void latency(String what, Histogram micros) {
    row(
        what,
        "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms",
        micros.getValueAtPercentile(50) / 1e3,
        micros.getValueAtPercentile(99) / 1e3,
        micros.getValueAtPercentile(99.9) / 1e3,
        micros.getMaxValue() / 1e3);
  }

  void memory(ProcessFigures figures) {
    row(
        "memory of the server",
        "%d MB anonymous, %d MB resident with mapped files",
        figures.anonymousBytes() >> 20,
        figures.residentBytes() >> 20);
  }
}
