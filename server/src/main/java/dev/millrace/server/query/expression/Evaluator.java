package dev.millrace.server.query.expression;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.vector.CodeCondition;
import dev.millrace.server.query.vector.Mask;
import dev.millrace.server.query.vector.Masks;
import dev.millrace.server.query.vector.NumberRange;
import dev.millrace.server.query.vector.Texts;
import dev.millrace.server.query.vector.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Evaluates expressions, a column at a time. */
final class Evaluator {
  private Evaluator() {}

  /**
   * The rows for which a condition holds.
   *
   * @param within the rows that matter; others may come out either way
   */
  static Mask test(Predicate predicate, Columns columns, Mask within) {
    return switch (ZoneMaps.outcome(predicate, columns, true)) {
      case NONE -> Mask.none(columns.rows());
      case ALL -> Mask.all(columns.rows());
      case SOME -> decoded(predicate, columns, within);
    };
  }

  private static Mask decoded(Predicate predicate, Columns columns, Mask within) {
    return switch (predicate) {
      case Predicate.Always always ->
          always.holds() ? Mask.all(columns.rows()) : Mask.none(columns.rows());
      case Predicate.And and -> columns.memory().of(and, Conjunction::new).test(columns, within);
      case Predicate.Or or -> {
        Mask left = test(or.left(), columns, within);
        Mask rest = within.and(left.not());
        yield rest.isNone() ? left : left.or(test(or.right(), columns, rest));
      }
      case Predicate.Not not -> test(not.of(), columns, within).not();
      case Predicate.Present present -> Masks.present(evaluate(present.of(), columns));
      case Predicate.IsTrue isTrue ->
          Masks.booleans(evaluate(isTrue.of(), columns), NumberRange.of(1), within);
      case Predicate.Compare compare -> Comparisons.test(compare, columns, within);
      case Predicate.CompareTime compare -> Times.test(compare, columns, within);
      case Predicate.In in ->
          columns.memory().of(in, InList::new).test(evaluate(in.value(), columns), within);
      case Predicate.Has has -> Comparisons.has(has, columns, within);
      case Predicate.TextMatch match -> Comparisons.textMatch(match, columns, within);
      case Predicate.Matches matches ->
          columns
              .memory()
              .of(matches, Comparisons::condition)
              .test(evaluate(matches.text(), columns), within);
      case Predicate.Elements elements -> elements(elements, columns, within);
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
      case Value.Truth truth ->
          Vectors.booleans(test(truth.predicate(), columns, Mask.all(columns.rows())));
      case Value.Temporal _ -> throw new IllegalStateException("times are compared, not evaluated");
    };
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
    Mask mask = test(conditional.condition(), columns, Mask.all(columns.rows()));
    ValueVector then = evaluate(conditional.then(), columns);
    ValueVector otherwise = evaluate(conditional.otherwise(), columns);
    int split = then.dictionary().size();
    int rows = columns.rows();
    byte[] kinds = new byte[rows];
    double[] numbers = new double[rows];
    int[] codes = new int[rows];
    for (int i = 0; i < rows; i++) {
      boolean holds = mask.test(i);
      ValueVector chosen = holds ? then : otherwise;
      Kind kind = chosen.kind(i);
      kinds[i] = (byte) kind.ordinal();
      switch (kind) {
        case NUMBER, BOOLEAN -> numbers[i] = chosen.number(i);
        case TEXT, LIST -> codes[i] = chosen.code(i) + (holds ? 0 : split);
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
  private static Mask elements(Predicate.Elements elements, Columns columns, Mask within) {
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
    ElementColumns flatColumns =
        new ElementColumns(Vectors.of(flat), new ScanMemory(columns.memory().offsets()));
    Mask holds = test(elements.condition(), flatColumns, Mask.all(flat.size()));
    return CodeCondition.once(
        lists,
        Kind.LIST,
        within,
        (_, code) -> {
          for (int i = starts[code]; i < ends[code]; i++) {
            if (holds.test(i) != elements.all()) {
              return !elements.all();
            }
          }
          return elements.all();
        });
  }

  /** Nothing but the elements; the compiler has seen to it that nothing else is asked for. */
  private record ElementColumns(ValueVector elements, ScanMemory memory) implements Columns {
    @Override
    public int rows() {
      return elements.rows();
    }

    @Override
    public ValueVector vector(Field field) {
      throw new IllegalStateException("a field among elements: " + field);
    }

    @Override
    public ColumnSummary summary(Field field) {
      return ColumnSummary.UNKNOWN;
    }

    @Override
    public @Nullable Dictionary dictionary(Field field) {
      return null;
    }

    @Override
    public long[] times() {
      throw new IllegalStateException("times of elements");
    }

    @Override
    public long minTime() {
      return Long.MIN_VALUE;
    }

    @Override
    public long maxTime() {
      return Long.MAX_VALUE;
    }
  }
}
