package dev.millrace.server.query.expression;

import dev.millrace.server.query.time.Micros;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as CEL writes them: {@code 1h30m}, {@code 1.5s}, {@code -250ms}. */
final class CelDuration {
  private static final Pattern WHOLE =
      Pattern.compile("-?(\\d{1,12}(\\.\\d{1,9})?(h|ms|us|ns|m|s))+");
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(h|ms|us|ns|m|s)");
  private static final double MAX = 10_000.0 * 366 * Micros.DAY;

  private CelDuration() {}

  /** The length in microseconds, rounded. */
  static long parse(String text) {
    if (text.length() > 100 || !WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not a duration as in 90s, 1h30m or 1.5h: '" + Conditions.cut(text) + "'");
    }
    double micros = 0;
    Matcher parts = PART.matcher(text);
    while (parts.find()) {
      micros += Double.parseDouble(parts.group(1)) * unit(parts.group(2));
    }
    if (micros > MAX) {
      throw new IllegalArgumentException(
          "a duration is at most 10,000 years, found '" + text + "'");
    }
    return Math.round(text.startsWith("-") ? -micros : micros);
  }

  private static double unit(String unit) {
    return switch (unit) {
      case "h" -> Micros.HOUR;
      case "m" -> Micros.MINUTE;
      case "s" -> Micros.SECOND;
      case "ms" -> 1_000;
      case "us" -> 1;
      default -> 0.001;
    };
  }
}
