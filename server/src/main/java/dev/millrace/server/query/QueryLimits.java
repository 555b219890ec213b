package dev.millrace.server.query;

import java.time.Duration;

/**
 * What one request may cost.
 *
 * @param rows rows of an answer, and buckets of a range
 * @param groups groups (with buckets: of each bucket) held in memory while a question runs
 * @param timeout how long a question may run
 */
public record QueryLimits(int rows, int groups, Duration timeout) {
  /** Unless configured otherwise. */
  public static final QueryLimits DEFAULT =
      new QueryLimits(100_000, 1_000_000, Duration.ofSeconds(30));

  public QueryLimits {
    if (rows < 1 || groups < 1 || !timeout.isPositive()) {
      throw new IllegalArgumentException("query limits must be positive");
    }
  }
}
