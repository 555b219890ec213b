package dev.millrace.server.log;

import dev.millrace.server.event.Kind;

/**
 * What is known of a column of a block without decoding it (a zone map).
 *
 * @param kinds bits by ordinal of {@link Kind}: a kind whose bit isn't set doesn't occur
 * @param minNumber no number of the column is less; meaningful if NUMBER may occur
 * @param maxNumber no number of the column is greater; meaningful if NUMBER may occur
 */
public record ColumnSummary(int kinds, double minNumber, double maxNumber) {
  /** Anything may occur. */
  public static final ColumnSummary UNKNOWN =
      new ColumnSummary(-1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  /** No event has the column. */
  public static final ColumnSummary MISSING =
      new ColumnSummary(1 << Kind.MISSING.ordinal(), Double.NaN, Double.NaN);

  /** Whether values of a kind may occur. */
  public boolean mayHold(Kind kind) {
    return (kinds & 1 << kind.ordinal()) != 0;
  }
}
