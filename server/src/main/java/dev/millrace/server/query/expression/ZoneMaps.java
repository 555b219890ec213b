package dev.millrace.server.query.expression;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.query.vector.CodeCondition;
import dev.millrace.server.query.vector.CodeCondition.Outcome;
import dev.millrace.server.query.vector.Comparison;
import dev.millrace.server.query.vector.Masks;
import dev.millrace.server.query.vector.NumberRange;

/** What can be said of a condition on all rows of a block before any of its columns is decoded. */
final class ZoneMaps {
  private static final int NO_VALUES = 1 << Kind.MISSING.ordinal() | 1 << Kind.NULL.ordinal();

  private ZoneMaps() {}

  /**
   * What is known.
   *
   * @param dictionaries whether to go through dictionaries too, not only summaries
   */
  static Outcome outcome(Predicate predicate, Columns columns, boolean dictionaries) {
    return switch (predicate) {
      case Predicate.Always always -> always.holds() ? Outcome.ALL : Outcome.NONE;
      case Predicate.And and ->
          columns.memory().of(and, Conjunction::new).outcome(columns, dictionaries);
      case Predicate.Or or -> {
        Outcome left = outcome(or.left(), columns, dictionaries);
        Outcome right = outcome(or.right(), columns, dictionaries);
        yield left == Outcome.ALL || right == Outcome.NONE
            ? left
            : left == Outcome.NONE || right == Outcome.ALL ? right : Outcome.SOME;
      }
      case Predicate.Not not -> not(outcome(not.of(), columns, dictionaries));
      case Predicate.Present present -> present(summary(present.of(), columns));
      case Predicate.IsTrue isTrue -> needs(Kind.BOOLEAN, summary(isTrue.of(), columns));
      case Predicate.CompareTime compare -> Times.outcome(compare, columns);
      case Predicate.Compare compare -> compare(compare, columns, dictionaries);
      case Predicate.In in -> {
        InList listed = columns.memory().of(in, InList::new);
        yield listed.outcome(columns, summary(in.value(), columns), dictionaries);
      }
      case Predicate.TextMatch match ->
          match.part() instanceof Value.Constant
              ? codes(
                  match.text(),
                  columns.memory().of(match, Comparisons::condition),
                  columns,
                  dictionaries)
              : needs(Kind.TEXT, summary(match.text(), columns));
      case Predicate.Matches matches ->
          codes(
              matches.text(),
              columns.memory().of(matches, Comparisons::condition),
              columns,
              dictionaries);
      case Predicate.Has has -> needs(Kind.LIST, summary(has.list(), columns));
      case Predicate.Elements elements -> needs(Kind.LIST, summary(elements.list(), columns));
    };
  }

  static ColumnSummary summary(Value value, Columns columns) {
    return value instanceof Value.FieldOf(Field field)
        ? columns.summary(field)
        : ColumnSummary.UNKNOWN;
  }

  static Outcome not(Outcome of) {
    return switch (of) {
      case NONE -> Outcome.ALL;
      case ALL -> Outcome.NONE;
      case SOME -> Outcome.SOME;
    };
  }

  private static Outcome present(ColumnSummary summary) {
    if ((summary.kinds() & ~NO_VALUES) == 0) {
      return Outcome.NONE;
    }
    return (summary.kinds() & NO_VALUES) == 0 ? Outcome.ALL : Outcome.SOME;
  }

  private static Outcome needs(Kind kind, ColumnSummary summary) {
    return summary.mayHold(kind) ? Outcome.SOME : Outcome.NONE;
  }

  private static Outcome compare(Predicate.Compare compare, Columns columns, boolean dictionaries) {
    Comparisons.ToConstant toConstant = Comparisons.toConstant(compare, columns.memory());
    if (toConstant == null) {
      return Outcome.SOME;
    }
    ColumnSummary summary = summary(toConstant.of(), columns);
    if (toConstant.comparison() != Comparison.NOT_EQUAL) {
      return constant(toConstant, columns, summary, dictionaries);
    }
    Outcome present = present(summary);
    Outcome equal = constant(toConstant, columns, summary, dictionaries);
    if (present == Outcome.NONE || equal == Outcome.ALL) {
      return Outcome.NONE;
    }
    return present == Outcome.ALL && equal == Outcome.NONE ? Outcome.ALL : Outcome.SOME;
  }

  /** A comparison other than {@code !=}, for which it is {@code ==}. */
  private static Outcome constant(
      Comparisons.ToConstant compare,
      Columns columns,
      ColumnSummary summary,
      boolean dictionaries) {
    return switch (compare) {
      case Comparisons.ToConstant.Numeric number -> numbers(number.range(), summary);
      case Comparisons.ToConstant.Truth _ -> needs(Kind.BOOLEAN, summary);
      case Comparisons.ToConstant.Codes codes ->
          codes(codes.of(), codes.condition(), columns, dictionaries);
      case Comparisons.ToConstant.Never _ -> Outcome.NONE;
    };
  }

  static Outcome numbers(NumberRange range, ColumnSummary summary) {
    return Masks.outside(summary, range)
        ? Outcome.NONE
        : Masks.inside(summary, range) ? Outcome.ALL : Outcome.SOME;
  }

  static Outcome codes(Value of, CodeCondition condition, Columns columns, boolean dictionaries) {
    ColumnSummary summary = summary(of, columns);
    Outcome outcome = condition.outcome(summary);
    if (outcome == Outcome.SOME && dictionaries && of instanceof Value.FieldOf(Field field)) {
      Dictionary dictionary = columns.dictionary(field);
      if (dictionary != null) {
        return condition.outcome(summary, dictionary, columns.rows());
      }
    }
    return outcome;
  }
}
