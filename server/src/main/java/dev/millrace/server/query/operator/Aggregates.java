package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ValueVector;

/** Makes aggregates, and what they share. */
public final class Aggregates {
  private Aggregates() {}

  /** How a figure is made. */
  public enum Aggregation {
    COUNT,
    SUM,
    AVG,
    MIN,
    MAX,
    STDDEV,
    RATE,
    UNIQUE,
    QUANTILE,
    HISTOGRAM,
    FIRST,
    LAST
  }

  /**
   * An aggregate without cells.
   *
   * @param hasField whether it is of a field; without one, COUNT and RATE are of all events
   * @param quantile of a QUANTILE, 0 to 1
   * @param edges of a HISTOGRAM, ascending; empty for the default ones
   */
  public static Aggregate of(
      Aggregation aggregation, boolean hasField, double quantile, double[] edges) {
    return switch (aggregation) {
      case COUNT -> new CountAggregate(hasField, false);
      case RATE -> new CountAggregate(hasField, true);
      case SUM -> new SumAggregate(false);
      case AVG -> new SumAggregate(true);
      case MIN -> new ExtremeAggregate(false);
      case MAX -> new ExtremeAggregate(true);
      case STDDEV -> new DeviationAggregate();
      case UNIQUE -> new UniqueAggregate();
      case QUANTILE -> new QuantileAggregate(quantile);
      case HISTOGRAM -> new HistogramAggregate(edges);
      case FIRST -> new EndAggregate(false);
      case LAST -> new EndAggregate(true);
    };
  }

  /** A QUANTILE beside another of the same numbers, which it shares; the other comes first. */
  public static Aggregate sharing(Aggregate other, double quantile) {
    return ((QuantileAggregate) other).sharing(quantile);
  }

  /** Whether no row of a vector can be a number. */
  static boolean noNumbers(ValueVector vector) {
    return !vector.hasNumbers()
        || (vector.uniform() && vector.rows() > 0 && vector.kind(0) != Kind.NUMBER);
  }

  /** A capacity for at least a number of cells that grows by doubling. */
  static int capacity(int current, int needed) {
    return Math.max(needed, Math.max(16, (int) Math.min(Integer.MAX_VALUE - 8L, current * 2L)));
  }
}
