package dev.millrace.server.query.expression;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ValueVector;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares values. Different kinds are never equal and have no order: {@code ==} and the orderings
 * are false between them, {@code !=} is true between two present values of different kinds.
 */
final class Comparisons {
  private Comparisons() {}

  static boolean[] test(Predicate.Compare compare, Columns columns) {
    if (compare.right() instanceof Value.Constant constant) {
      return constant(
          Evaluator.evaluate(compare.left(), columns), compare.comparison(), constant.value());
    }
    if (compare.left() instanceof Value.Constant constant) {
      ValueVector right = Evaluator.evaluate(compare.right(), columns);
      return constant(right, compare.comparison().swapped(), constant.value());
    }
    ValueVector left = Evaluator.evaluate(compare.left(), columns);
    ValueVector right = Evaluator.evaluate(compare.right(), columns);
    boolean[] mask = new boolean[columns.rows()];
    for (int i = 0; i < mask.length; i++) {
      mask[i] =
          BlockColumns.present(left, i)
              && BlockColumns.present(right, i)
              && holds(compare.comparison(), left, right, i);
    }
    return mask;
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

  private static boolean[] constant(ValueVector vector, Comparison comparison, Object constant) {
    if (comparison == Comparison.NOT_EQUAL) {
      boolean[] unequal = Masks.not(constant(vector, Comparison.EQUAL, constant));
      return Masks.and(unequal, Masks.present(vector));
    }
    return switch (constant) {
      case Double number -> Masks.numbers(vector, comparison, number);
      case Boolean truth -> Masks.booleans(vector, comparison, truth ? 1 : 0);
      case String text -> text(vector, comparison, text);
      default ->
          comparison == Comparison.EQUAL
              ? Masks.codes(
                  vector, Kind.LIST, (dictionary, code) -> dictionary.list(code).equals(constant))
              : new boolean[vector.rows()];
    };
  }

  private static boolean[] text(ValueVector vector, Comparison comparison, String text) {
    if (comparison == Comparison.EQUAL) {
      long hash = Texts.hash(text);
      return Masks.texts(
          vector,
          (dictionary, code) ->
              dictionary.hash(code) == hash && dictionary.text(code).equals(text));
    }
    return Masks.texts(
        vector,
        (dictionary, code) -> comparison.holds(CodePoints.compare(dictionary.text(code), text)));
  }

  static boolean[] times(Predicate.CompareTime compare, Columns columns) {
    long[] times = columns.times();
    boolean[] mask = new boolean[columns.rows()];
    long micros = compare.micros();
    if (compare.times() == 1) {
      // time + micros against 0 is time against -micros.
      for (int i = 0; i < mask.length; i++) {
        mask[i] = compare.comparison().holds(Long.compare(times[i], -micros));
      }
      return mask;
    }
    for (int i = 0; i < mask.length; i++) {
      mask[i] = compare.comparison().holds(Long.signum(compare.times() * times[i] + micros));
    }
    return mask;
  }

  static boolean[] in(ValueVector vector, List<Object> listed) {
    Set<Object> values = new HashSet<>();
    boolean[] mask = new boolean[vector.rows()];
    boolean lists = false;
    Set<Long> hashes = new HashSet<>();
    for (Object value : listed) {
      switch (value) {
        case Double number -> Masks.or(mask, Masks.numbers(vector, Comparison.EQUAL, number));
        case Boolean truth ->
            Masks.or(mask, Masks.booleans(vector, Comparison.EQUAL, truth ? 1 : 0));
        case String text -> {
          values.add(text);
          hashes.add(Texts.hash(text));
        }
        default -> {
          lists = true;
          values.add(value);
        }
      }
    }
    if (!hashes.isEmpty()) {
      Masks.or(
          mask,
          Masks.texts(
              vector,
              (dictionary, code) ->
                  hashes.contains(dictionary.hash(code))
                      && values.contains(dictionary.text(code))));
    }
    if (lists) {
      Masks.or(
          mask,
          Masks.codes(
              vector, Kind.LIST, (dictionary, code) -> values.contains(dictionary.list(code))));
    }
    return mask;
  }

  static boolean[] has(Predicate.Has has, Columns columns) {
    ValueVector lists = Evaluator.evaluate(has.list(), columns);
    if (has.value() instanceof Value.Constant constant) {
      return Masks.codes(
          lists,
          Kind.LIST,
          (dictionary, code) -> contains(dictionary.list(code), constant.value()));
    }
    ValueVector values = Evaluator.evaluate(has.value(), columns);
    boolean[] mask = new boolean[columns.rows()];
    for (int i = 0; i < mask.length; i++) {
      if (lists.kind(i) == Kind.LIST) {
        Object value = valueAt(values, i);
        mask[i] = value != null && contains(list(lists, i), value);
      }
    }
    return mask;
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
  static @Nullable Object valueAt(ValueVector vector, int row) {
    return switch (vector.kind(row)) {
      case MISSING, NULL, EMPTY_OBJECT -> null;
      case BOOLEAN -> vector.number(row) != 0;
      case NUMBER -> vector.number(row);
      case TEXT -> text(vector, row);
      case LIST -> list(vector, row);
    };
  }

  static boolean[] textMatch(Predicate.TextMatch match, Columns columns) {
    ValueVector texts = Evaluator.evaluate(match.text(), columns);
    if (match.part() instanceof Value.Constant(String part)) {
      return Masks.texts(
          texts, (dictionary, code) -> matches(match.relation(), dictionary.text(code), part));
    }
    ValueVector parts = Evaluator.evaluate(match.part(), columns);
    boolean[] mask = new boolean[columns.rows()];
    for (int i = 0; i < mask.length; i++) {
      mask[i] =
          texts.kind(i) == Kind.TEXT
              && parts.kind(i) == Kind.TEXT
              && matches(match.relation(), text(texts, i), text(parts, i));
    }
    return mask;
  }

  private static boolean matches(Predicate.TextRelation relation, String text, String part) {
    return switch (relation) {
      case CONTAINS -> text.contains(part);
      case STARTS_WITH -> text.startsWith(part);
      case ENDS_WITH -> text.endsWith(part);
    };
  }
}
