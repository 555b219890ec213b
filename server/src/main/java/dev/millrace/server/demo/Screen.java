package dev.millrace.server.demo;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * Shows figures: on a terminal a block that is redrawn in place, elsewhere a line from time to
 * time. Confined to one thread.
 */
final class Screen {
  private static final int PAGE_WIDTH = 56;
  private static final int LINE_EVERY = 10;

  private final PrintStream out;
  private final boolean terminal;
  private int drawnLines;
  private int shown;

  Screen(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Shows new figures; to be called about once a second. */
  void show(Figures figures) {
    if (terminal) {
      redraw(block(figures));
    } else if (shown % LINE_EVERY == 0) {
      out.println(line(figures));
    }
    shown++;
    out.flush();
  }

  /** Leaves what is shown and goes on below it. */
  void done() {
    drawnLines = 0;
    out.flush();
  }

  private void redraw(List<String> lines) {
    StringBuilder text = new StringBuilder();
    if (drawnLines > 0) {
      text.append("\u001b[").append(drawnLines).append('A');
    }
    for (String line : lines) {
      text.append(line).append("\u001b[K\n");
    }
    out.print(text);
    drawnLines = lines.size();
  }

  private static List<String> block(Figures figures) {
    List<String> lines = new java.util.ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "  %,d events   %.1f/s   %,d edits in the last minute",
            figures.total(),
            figures.perSecond(),
            figures.lastMinute()));
    lines.add("");
    lines.add("  most edited pages, last 24 hours");
    for (Figures.Page page : figures.pages()) {
      lines.add(String.format(Locale.ROOT, "  %6d  %s", page.edits(), shorten(page.name())));
    }
    lines.add("");
    lines.add("  Ctrl-C stops.");
    return lines;
  }

  private static String line(Figures figures) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%,d events, %.1f/s, %,d in the last minute; top:",
                figures.total(),
                figures.perSecond(),
                figures.lastMinute()));
    for (Figures.Page page : figures.pages()) {
      line.append(String.format(Locale.ROOT, " %s (%d)", shorten(page.name()), page.edits()));
    }
    return line.toString();
  }

  private static String shorten(String page) {
    String plain = page.replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= PAGE_WIDTH
        ? plain
        : plain.substring(0, plain.offsetByCodePoints(0, plain.codePointCount(0, PAGE_WIDTH - 1)))
            + "…";
  }
}
