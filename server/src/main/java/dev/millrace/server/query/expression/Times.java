package dev.millrace.server.query.expression;

import dev.millrace.server.query.vector.CodeCondition.Outcome;
import dev.millrace.server.query.vector.Comparison;
import dev.millrace.server.query.vector.Mask;
import dev.millrace.server.query.vector.Masks;

/** Compares the times of events. */
final class Times {
  private Times() {}

  /** What the earliest and the latest time say of all. */
  static Outcome outcome(Predicate.CompareTime compare, Columns columns) {
    if (compare.times() != 1) {
      return Outcome.SOME;
    }
    if (compare.comparison() == Comparison.NOT_EQUAL) {
      return ZoneMaps.not(outcome(equal(compare), columns));
    }
    long min = min(compare);
    long max = max(compare);
    if (min > max || columns.minTime() > max || columns.maxTime() < min) {
      return Outcome.NONE;
    }
    return columns.minTime() >= min && columns.maxTime() <= max ? Outcome.ALL : Outcome.SOME;
  }

  static Mask test(Predicate.CompareTime compare, Columns columns, Mask within) {
    long[] times = columns.times();
    if (compare.times() != 1) {
      return within.refined(
          row ->
              compare
                  .comparison()
                  .holds(Long.signum(compare.times() * times[row] + compare.micros())));
    }
    if (compare.comparison() == Comparison.NOT_EQUAL) {
      return test(equal(compare), columns, within).not();
    }
    return Masks.times(times, columns.rows(), min(compare), max(compare));
  }

  private static Predicate.CompareTime equal(Predicate.CompareTime unequal) {
    return new Predicate.CompareTime(Comparison.EQUAL, unequal.times(), unequal.micros());
  }

  /** The earliest time that compares so: time + micros against 0 is time against -micros. */
  private static long min(Predicate.CompareTime compare) {
    return switch (compare.comparison()) {
      case LESS, LESS_OR_EQUAL -> Long.MIN_VALUE;
      case GREATER -> -compare.micros() + 1;
      case EQUAL, NOT_EQUAL, GREATER_OR_EQUAL -> -compare.micros();
    };
  }

  private static long max(Predicate.CompareTime compare) {
    return switch (compare.comparison()) {
      case GREATER, GREATER_OR_EQUAL -> Long.MAX_VALUE;
      case LESS -> -compare.micros() - 1;
      case EQUAL, NOT_EQUAL, LESS_OR_EQUAL -> -compare.micros();
    };
  }
}
