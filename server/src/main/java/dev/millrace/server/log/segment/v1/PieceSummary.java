package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;

/** The stored form of what is known of a column without decoding it. */
final class PieceSummary {
  private static final int NUMBER = 1 << Kind.NUMBER.ordinal();
  private static final int KINDS = (1 << Kind.values().length) - 1;

  private PieceSummary() {}

  static void write(Output out, ColumnSummary summary) {
    out.putByte(summary.kinds());
    if ((summary.kinds() & NUMBER) != 0) {
      out.putLong(Double.doubleToRawLongBits(summary.minNumber()));
      out.putLong(Double.doubleToRawLongBits(summary.maxNumber()));
    }
  }

  static ColumnSummary read(Input in) {
    int kinds = in.getByte();
    if (kinds == 0 || (kinds & ~KINDS) != 0) {
      throw new IllegalArgumentException("unknown kinds %x".formatted(kinds));
    }
    if (kinds == ColumnSummary.MISSING.kinds()) {
      return ColumnSummary.MISSING;
    }
    if ((kinds & NUMBER) == 0) {
      return new ColumnSummary(kinds, Double.NaN, Double.NaN);
    }
    double min = Double.longBitsToDouble(in.getLong());
    return new ColumnSummary(kinds, min, Double.longBitsToDouble(in.getLong()));
  }

  /** What is known of two parts together. */
  static ColumnSummary merge(ColumnSummary a, ColumnSummary b) {
    int kinds = a.kinds() | b.kinds();
    if ((a.kinds() & NUMBER) == 0) {
      return new ColumnSummary(kinds, b.minNumber(), b.maxNumber());
    }
    if ((b.kinds() & NUMBER) == 0) {
      return new ColumnSummary(kinds, a.minNumber(), a.maxNumber());
    }
    return new ColumnSummary(
        kinds, Math.min(a.minNumber(), b.minNumber()), Math.max(a.maxNumber(), b.maxNumber()));
  }
}
