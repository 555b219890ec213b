package dev.millrace.server.query.expression;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.vector.CodeCondition;
import dev.millrace.server.query.vector.Comparison;
import dev.millrace.server.query.vector.Mask;
import dev.millrace.server.query.vector.Masks;
import dev.millrace.server.query.vector.NumberRange;
import dev.millrace.server.query.vector.Texts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares values. Different kinds are never equal and have no order: {@code ==} and the orderings
 * are false between them, {@code !=} is true between two present values of different kinds.
 */
final class Comparisons {
  private Comparisons() {}

  /**
   * A comparison of a value with a constant, the constant on the right. For {@code !=} it is that
   * of {@code ==}, whose negation among present values is meant.
   */
  sealed interface ToConstant {
    Value of();

    Comparison comparison();

    record Numeric(Value of, Comparison comparison, NumberRange range) implements ToConstant {}

    record Truth(Value of, Comparison comparison, NumberRange range) implements ToConstant {}

    record Codes(Value of, Comparison comparison, CodeCondition condition) implements ToConstant {}

    /** An order among lists, which they don't have. */
    record Never(Value of, Comparison comparison) implements ToConstant {}
  }

  /** The comparison as one with a constant, or null if neither side is one. */
  static @Nullable ToConstant toConstant(Predicate.Compare compare, ScanMemory memory) {
    if (!(compare.right() instanceof Value.Constant)
        && !(compare.left() instanceof Value.Constant)) {
      return null;
    }
    return memory.of(compare, Comparisons::toConstant);
  }

  private static ToConstant toConstant(Predicate.Compare compare) {
    if (compare.right() instanceof Value.Constant(Object constant)) {
      return toConstant(compare.left(), compare.comparison(), constant);
    }
    if (compare.left() instanceof Value.Constant(Object constant)) {
      return toConstant(compare.right(), compare.comparison().swapped(), constant);
    }
    throw new IllegalArgumentException("no constant in " + compare);
  }

  private static ToConstant toConstant(Value of, Comparison comparison, Object constant) {
    Comparison tested = comparison == Comparison.NOT_EQUAL ? Comparison.EQUAL : comparison;
    return switch (constant) {
      case Double number -> new ToConstant.Numeric(of, comparison, NumberRange.of(tested, number));
      case Boolean truth ->
          new ToConstant.Truth(of, comparison, NumberRange.of(tested, truth ? 1 : 0));
      case String text -> new ToConstant.Codes(of, comparison, texts(tested, text));
      default ->
          tested == Comparison.EQUAL
              ? new ToConstant.Codes(
                  of,
                  comparison,
                  new CodeCondition(
                      Kind.LIST, (dictionary, code) -> dictionary.list(code).equals(constant)))
              : new ToConstant.Never(of, comparison);
    };
  }

  private static CodeCondition texts(Comparison comparison, String text) {
    if (comparison == Comparison.EQUAL) {
      long hash = Texts.hash(text);
      return new CodeCondition(
          Kind.TEXT,
          (dictionary, code) ->
              dictionary.hash(code) == hash && dictionary.text(code).equals(text));
    }
    return new CodeCondition(
        Kind.TEXT,
        (dictionary, code) -> comparison.holds(CodePoints.compare(dictionary.text(code), text)));
  }

  static Mask test(Predicate.Compare compare, Columns columns, Mask within) {
    ToConstant toConstant = toConstant(compare, columns.memory());
    if (toConstant != null) {
      return test(toConstant, columns, within);
    }
    ValueVector left = Evaluator.evaluate(compare.left(), columns);
    ValueVector right = Evaluator.evaluate(compare.right(), columns);
    return within.refined(
        row ->
            BlockColumns.present(left, row)
                && BlockColumns.present(right, row)
                && holds(compare.comparison(), left, right, row));
  }

  private static Mask test(ToConstant compare, Columns columns, Mask within) {
    ValueVector vector = Evaluator.evaluate(compare.of(), columns);
    Mask holds =
        switch (compare) {
          case ToConstant.Numeric number -> Masks.numbers(vector, number.range(), within);
          case ToConstant.Truth truth -> Masks.booleans(vector, truth.range(), within);
          case ToConstant.Codes codes -> codes.condition().test(vector, within);
          case ToConstant.Never _ -> Mask.none(columns.rows());
        };
    return compare.comparison() == Comparison.NOT_EQUAL
        ? Masks.present(vector).and(holds.not())
        : holds;
  }

  private static boolean holds(
      Comparison comparison, ValueVector left, ValueVector right, int row) {
    Kind kind = left.kind(row);
    if (kind != right.kind(row)) {
      return comparison == Comparison.NOT_EQUAL;
    }
    return switch (kind) {
      case NUMBER, BOOLEAN -> {
        double a = left.number(row);
        double b = right.number(row);
        yield comparison.holds(a < b ? -1 : a > b ? 1 : 0);
      }
      case TEXT -> comparison.holds(CodePoints.compare(text(left, row), text(right, row)));
      case LIST -> {
        boolean equal = list(left, row).equals(list(right, row));
        yield comparison == Comparison.EQUAL ? equal : comparison == Comparison.NOT_EQUAL && !equal;
      }
      case EMPTY_OBJECT -> comparison == Comparison.EQUAL;
      case MISSING, NULL -> false;
    };
  }

  private static String text(ValueVector vector, int row) {
    return vector.dictionary().text(vector.code(row));
  }

  private static List<@Nullable Object> list(ValueVector vector, int row) {
    return vector.dictionary().list(vector.code(row));
  }

  static Mask has(Predicate.Has has, Columns columns, Mask within) {
    ValueVector lists = Evaluator.evaluate(has.list(), columns);
    if (has.value() instanceof Value.Constant) {
      CodeCondition condition = columns.memory().of(has, Comparisons::condition);
      return condition.test(lists, within);
    }
    ValueVector values = Evaluator.evaluate(has.value(), columns);
    return within.refined(
        row -> {
          Object value = lists.kind(row) == Kind.LIST ? valueAt(values, row) : null;
          return value != null && contains(list(lists, row), value);
        });
  }

  private static CodeCondition condition(Predicate.Has has) {
    Object value = constant(has.value());
    return new CodeCondition(
        Kind.LIST, (dictionary, code) -> contains(dictionary.list(code), value));
  }

  private static Object constant(Value value) {
    if (value instanceof Value.Constant(Object constant)) {
      return constant;
    }
    throw new IllegalArgumentException("not a constant: " + value);
  }

  private static boolean contains(List<@Nullable Object> list, Object value) {
    for (Object element : list) {
      if (value instanceof Double number
          ? element instanceof Double other && number.doubleValue() == other
          : value.equals(element)) {
        return true;
      }
    }
    return false;
  }

  /** The value at a row as an object; null if there is none, or if it is an empty object. */
  private static @Nullable Object valueAt(ValueVector vector, int row) {
    return switch (vector.kind(row)) {
      case MISSING, NULL, EMPTY_OBJECT -> null;
      case BOOLEAN -> vector.number(row) != 0;
      case NUMBER -> vector.number(row);
      case TEXT -> text(vector, row);
      case LIST -> list(vector, row);
    };
  }

  static Mask textMatch(Predicate.TextMatch match, Columns columns, Mask within) {
    ValueVector texts = Evaluator.evaluate(match.text(), columns);
    if (match.part() instanceof Value.Constant) {
      CodeCondition condition = columns.memory().of(match, Comparisons::condition);
      return condition.test(texts, within);
    }
    ValueVector parts = Evaluator.evaluate(match.part(), columns);
    return within.refined(
        row ->
            texts.kind(row) == Kind.TEXT
                && parts.kind(row) == Kind.TEXT
                && matches(match.relation(), text(texts, row), text(parts, row)));
  }

  /** The condition of a match with a constant part. */
  static CodeCondition condition(Predicate.TextMatch match) {
    // Only a text has parts; the compilers let nothing else through.
    String part = (String) constant(match.part());
    return new CodeCondition(
        Kind.TEXT, (dictionary, code) -> matches(match.relation(), dictionary.text(code), part));
  }

  static CodeCondition condition(Predicate.Matches matches) {
    return new CodeCondition(
        Kind.TEXT, (dictionary, code) -> matches.pattern().matcher(dictionary.text(code)).find());
  }

  private static boolean matches(Predicate.TextRelation relation, String text, String part) {
    return switch (relation) {
      case CONTAINS -> text.contains(part);
      case STARTS_WITH -> text.startsWith(part);
      case ENDS_WITH -> text.endsWith(part);
    };
  }
}
