package dev.millrace.server.query.vector;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.ValueVector;

/** The loops that find the rows of a column for which a condition on numbers or kinds holds. */
public final class Masks {
  private Masks() {}

  /** The rows that have a value: one that isn't null. */
  public static Mask present(ValueVector vector) {
    int rows = vector.rows();
    byte[] kinds = vector.kinds();
    if (kinds == null) {
      return rows > 0 && present(vector.kind(0)) ? Mask.all(rows) : Mask.none(rows);
    }
    return NarrowCodes.equal(kinds, rows, Kind.MISSING.ordinal())
        .or(NarrowCodes.equal(kinds, rows, Kind.NULL.ordinal()))
        .not();
  }

  private static boolean present(Kind kind) {
    return kind != Kind.MISSING && kind != Kind.NULL;
  }

  /** The numbers of a column that are within a range. */
  public static Mask numbers(ValueVector vector, NumberRange range, Mask within) {
    return within(vector, Kind.NUMBER, range, within);
  }

  /** The booleans of a column, as 0 or 1, that are within a range. */
  public static Mask booleans(ValueVector vector, NumberRange range, Mask within) {
    return within(vector, Kind.BOOLEAN, range, within);
  }

  private static Mask within(ValueVector vector, Kind kind, NumberRange range, Mask within) {
    int rows = vector.rows();
    byte[] kinds = vector.kinds();
    if (rows == 0 || !vector.hasNumbers() || (kinds == null && vector.kind(0) != kind)) {
      return Mask.none(rows);
    }
    double[] numbers = vector.numbers();
    double min = range.min();
    double max = range.max();
    if (within.sparse()) {
      return within.refined(
          row ->
              numbers[row] >= min
                  && numbers[row] <= max
                  && (kinds == null || kinds[row] == kind.ordinal()));
    }
    long[] words = Mask.newWords(rows);
    for (int word = 0; word < words.length; word++) {
      int base = word << 6;
      int end = Math.min(64, rows - base);
      long bits = 0;
      for (int bit = 0; bit < end; bit++) {
        double number = numbers[base + bit];
        bits |= ((number >= min ? 1L : 0L) & (number <= max ? 1L : 0L)) << bit;
      }
      words[word] = bits;
    }
    Mask found = Mask.ofWords(words, rows);
    return kinds == null ? found : found.and(NarrowCodes.equal(kinds, rows, kind.ordinal()));
  }

  /** The rows whose times are within [min, max]. */
  public static Mask times(long[] times, int rows, long min, long max) {
    long[] words = Mask.newWords(rows);
    for (int word = 0; word < words.length; word++) {
      int base = word << 6;
      int end = Math.min(64, rows - base);
      long bits = 0;
      for (int bit = 0; bit < end; bit++) {
        long time = times[base + bit];
        bits |= ((time >= min ? 1L : 0L) & (time <= max ? 1L : 0L)) << bit;
      }
      words[word] = bits;
    }
    return Mask.ofWords(words, rows);
  }

  /** Whether no number of a column can be within a range. */
  public static boolean outside(ColumnSummary summary, NumberRange range) {
    return !summary.mayHold(Kind.NUMBER)
        || summary.minNumber() > range.max()
        || summary.maxNumber() < range.min();
  }

  /** Whether a column is all numbers, and all within a range. */
  public static boolean inside(ColumnSummary summary, NumberRange range) {
    return summary.kinds() == 1 << Kind.NUMBER.ordinal()
        && summary.minNumber() >= range.min()
        && summary.maxNumber() <= range.max();
  }
}
