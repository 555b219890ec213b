package dev.millrace.server.query.expression;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.ValueVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions, a column at a time. */
final class Evaluator {
  private Evaluator() {}

  /** A mask of the rows for which a condition holds; the caller's to change. */
  static boolean[] test(Predicate predicate, Columns columns) {
    return switch (predicate) {
      case Predicate.Always always -> filled(columns.rows(), always.holds());
      case Predicate.And and -> {
        boolean[] left = test(and.left(), columns);
        yield any(left) ? Masks.and(left, test(and.right(), columns)) : left;
      }
      case Predicate.Or or -> Masks.or(test(or.left(), columns), test(or.right(), columns));
      case Predicate.Not not -> Masks.not(test(not.of(), columns));
      case Predicate.Present present -> Masks.present(evaluate(present.of(), columns));
      case Predicate.IsTrue isTrue ->
          Masks.booleans(evaluate(isTrue.of(), columns), Comparison.EQUAL, 1);
      case Predicate.Compare compare -> Comparisons.test(compare, columns);
      case Predicate.CompareTime compare -> Comparisons.times(compare, columns);
      case Predicate.In in -> Comparisons.in(evaluate(in.value(), columns), in.listed());
      case Predicate.Has has -> Comparisons.has(has, columns);
      case Predicate.TextMatch match -> Comparisons.textMatch(match, columns);
      case Predicate.Matches matches ->
          Masks.texts(
              evaluate(matches.text(), columns),
              (dictionary, code) -> matches.pattern().matcher(dictionary.text(code)).find());
      case Predicate.Elements elements -> elements(elements, columns);
    };
  }

  /** The values of an expression. */
  static ValueVector evaluate(Value value, Columns columns) {
    return switch (value) {
      case Value.Constant constant -> Vectors.constant(constant.value(), columns.rows());
      case Value.FieldOf field -> columns.vector(field.field());
      case Value.Element _ -> columns.elements();
      case Value.Arithmetic arithmetic -> arithmetic(arithmetic, columns);
      case Value.Size size -> size(evaluate(size.of(), columns));
      case Value.Conditional conditional -> conditional(conditional, columns);
      case Value.Truth truth -> Vectors.booleans(test(truth.predicate(), columns));
      case Value.Temporal _ -> throw new IllegalStateException("times are compared, not evaluated");
    };
  }

  private static boolean[] filled(int rows, boolean value) {
    boolean[] mask = new boolean[rows];
    Arrays.fill(mask, value);
    return mask;
  }

  private static boolean any(boolean[] mask) {
    for (boolean holds : mask) {
      if (holds) {
        return true;
      }
    }
    return false;
  }

  private static ValueVector arithmetic(Value.Arithmetic arithmetic, Columns columns) {
    double[] left = Vectors.numbersOrNaN(evaluate(arithmetic.left(), columns));
    double[] right = Vectors.numbersOrNaN(evaluate(arithmetic.right(), columns));
    for (int i = 0; i < left.length; i++) {
      left[i] =
          switch (arithmetic.operator()) {
            case PLUS -> left[i] + right[i];
            case MINUS -> left[i] - right[i];
            case TIMES -> left[i] * right[i];
            case DIVIDED_BY -> left[i] / right[i];
            case MODULO -> left[i] % right[i];
          };
    }
    return Vectors.finite(left);
  }

  private static ValueVector size(ValueVector of) {
    double[] sizes = new double[of.rows()];
    Dictionary dictionary = of.dictionary();
    double[] known = new double[dictionary.size()];
    Arrays.fill(known, -1);
    for (int i = 0; i < sizes.length; i++) {
      switch (of.kind(i)) {
        case TEXT, LIST -> {
          int code = of.code(i);
          if (known[code] < 0) {
            known[code] =
                of.kind(i) == Kind.LIST
                    ? dictionary.list(code).size()
                    : length(dictionary.text(code));
          }
          sizes[i] = known[code];
        }
        case EMPTY_OBJECT -> sizes[i] = 0;
        case MISSING, NULL, BOOLEAN, NUMBER -> sizes[i] = Double.NaN;
      }
    }
    return Vectors.finite(sizes);
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static ValueVector conditional(Value.Conditional conditional, Columns columns) {
    boolean[] mask = test(conditional.condition(), columns);
    ValueVector then = evaluate(conditional.then(), columns);
    ValueVector otherwise = evaluate(conditional.otherwise(), columns);
    int split = then.dictionary().size();
    int rows = columns.rows();
    byte[] kinds = new byte[rows];
    double[] numbers = new double[rows];
    int[] codes = new int[rows];
    for (int i = 0; i < rows; i++) {
      ValueVector chosen = mask[i] ? then : otherwise;
      Kind kind = chosen.kind(i);
      kinds[i] = (byte) kind.ordinal();
      switch (kind) {
        case NUMBER, BOOLEAN -> numbers[i] = chosen.number(i);
        case TEXT, LIST -> codes[i] = chosen.code(i) + (mask[i] ? 0 : split);
        case MISSING, NULL, EMPTY_OBJECT -> numbers[i] = 0;
      }
    }
    Dictionary both = Texts.concatenate(then.dictionary(), otherwise.dictionary());
    return ValueVector.mixed(kinds, numbers, codes, rows, both);
  }

  /**
   * Evaluates the condition once on the elements of all lists of the column, put one after the
   * other.
   */
  private static boolean[] elements(Predicate.Elements elements, Columns columns) {
    ValueVector lists = evaluate(elements.list(), columns);
    Dictionary dictionary = lists.dictionary();
    int[] starts = new int[dictionary.size()];
    int[] ends = new int[dictionary.size()];
    List<@Nullable Object> flat = new ArrayList<>();
    boolean[] isList = new boolean[dictionary.size()];
    for (int i = 0; i < lists.rows(); i++) {
      if (lists.kind(i) == Kind.LIST && !isList[lists.code(i)]) {
        int code = lists.code(i);
        isList[code] = true;
        starts[code] = flat.size();
        flat.addAll(dictionary.list(code));
        ends[code] = flat.size();
      }
    }
    boolean[] holds = test(elements.condition(), new ElementColumns(Vectors.of(flat)));
    return Masks.codes(
        lists,
        Kind.LIST,
        (_, code) -> {
          for (int i = starts[code]; i < ends[code]; i++) {
            if (holds[i] != elements.all()) {
              return !elements.all();
            }
          }
          return elements.all();
        });
  }

  /** Nothing but the elements; the compiler has seen to it that nothing else is asked for. */
  private record ElementColumns(ValueVector elements) implements Columns {
    @Override
    public int rows() {
      return elements.rows();
    }

    @Override
    public ValueVector vector(Field field) {
      throw new IllegalStateException("a field among elements: " + field);
    }

    @Override
    public long[] times() {
      throw new IllegalStateException("times of elements");
    }
  }
}
