package dev.millrace.server.query.operator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an aggregate comes to.
 *
 * @param value a {@link Double}, a {@link String}, a {@link Histogram}, or null over nothing
 * @param bounds where the true value lies at 95 %; null if the value is exact
 */
public record Figure(@Nullable Object value, @Nullable Bounds bounds) {
  /** There is none. */
  public static final Figure ABSENT = new Figure(null, null);

  static Figure of(double number) {
    return new Figure(number, null);
  }

  /** The figure as a number, or null if it isn't one. */
  public @Nullable Double number() {
    return value instanceof Double number ? number : null;
  }

  /** Both ends inclusive. */
  public record Bounds(double lower, double upper) {}

  /**
   * Counts by range: {@code counts.get(i)} numbers are within [edges(i), edges(i + 1)).
   *
   * @param underflow numbers below the first edge
   * @param overflow numbers at or above the last
   */
  public record Histogram(List<Double> edges, List<Long> counts, long underflow, long overflow) {}
}
