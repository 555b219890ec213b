package dev.millrace.server.query.vector;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.ValueVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes vectors of values in memory. */
public final class Vectors {
  private Vectors() {}

  /** The kind of a value of {@link dev.millrace.server.event.ListCodec}. */
  public static Kind kind(@Nullable Object value) {
    return switch (value) {
      case null -> Kind.NULL;
      case Boolean _ -> Kind.BOOLEAN;
      case Double _ -> Kind.NUMBER;
      case String _ -> Kind.TEXT;
      case List<?> _ -> Kind.LIST;
      default -> Kind.EMPTY_OBJECT;
    };
  }

  /** The same value for all rows: a Boolean, a Double, a String or a List. */
  public static ValueVector constant(Object value, int rows) {
    return switch (value) {
      case Boolean truth -> {
        byte[] kinds = new byte[rows];
        double[] numbers = new double[rows];
        Arrays.fill(kinds, (byte) Kind.BOOLEAN.ordinal());
        Arrays.fill(numbers, truth ? 1 : 0);
        yield ValueVector.mixed(kinds, numbers, null, rows, Dictionary.EMPTY);
      }
      case Double number -> {
        double[] numbers = new double[rows];
        Arrays.fill(numbers, number);
        yield ValueVector.ofNumbers(numbers, rows);
      }
      case String text -> ValueVector.ofTexts(new int[rows], rows, Texts.of(List.of(text)));
      default -> {
        byte[] kinds = new byte[rows];
        Arrays.fill(kinds, (byte) Kind.LIST.ordinal());
        yield ValueVector.mixed(kinds, null, new int[rows], rows, Texts.of(List.of(value)));
      }
    };
  }

  /** Whether each row is in a mask. */
  public static ValueVector booleans(Mask truths) {
    int rows = truths.rows();
    byte[] kinds = new byte[rows];
    double[] numbers = new double[rows];
    Arrays.fill(kinds, (byte) Kind.BOOLEAN.ordinal());
    for (int i = 0; i < rows; i++) {
      numbers[i] = truths.test(i) ? 1 : 0;
    }
    return ValueVector.mixed(kinds, numbers, null, rows, Dictionary.EMPTY);
  }

  /** One row for each of the values. */
  public static ValueVector of(List<? extends @Nullable Object> values) {
    int rows = values.size();
    byte[] kinds = new byte[rows];
    double[] numbers = new double[rows];
    int[] codes = new int[rows];
    List<Object> dictionary = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      Object value = values.get(i);
      kinds[i] = (byte) kind(value).ordinal();
      switch (value) {
        case Boolean truth -> numbers[i] = truth ? 1 : 0;
        case Double number -> numbers[i] = number;
        case String text -> {
          codes[i] = dictionary.size();
          dictionary.add(text);
        }
        case List<?> list -> {
          codes[i] = dictionary.size();
          dictionary.add(list);
        }
        case null, default -> numbers[i] = 0;
      }
    }
    return ValueVector.mixed(kinds, numbers, codes, rows, Texts.of(dictionary));
  }

  /** Numbers, missing where they aren't finite. */
  public static ValueVector finite(double[] numbers) {
    boolean all = true;
    for (double number : numbers) {
      all &= Double.isFinite(number);
    }
    if (all) {
      return ValueVector.ofNumbers(numbers, numbers.length);
    }
    byte[] kinds = new byte[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      kinds[i] = (byte) (Double.isFinite(numbers[i]) ? Kind.NUMBER : Kind.MISSING).ordinal();
    }
    return ValueVector.mixed(kinds, numbers, null, numbers.length, Dictionary.EMPTY);
  }

  /** The numbers of a vector, NaN where there is none. */
  public static double[] numbersOrNaN(ValueVector vector) {
    double[] result = new double[vector.rows()];
    byte[] kinds = vector.kinds();
    if (kinds == null) {
      if (vector.rows() > 0 && vector.kind(0) == Kind.NUMBER) {
        System.arraycopy(vector.numbers(), 0, result, 0, result.length);
      } else {
        Arrays.fill(result, Double.NaN);
      }
      return result;
    }
    for (int i = 0; i < result.length; i++) {
      result[i] = kinds[i] == Kind.NUMBER.ordinal() ? vector.number(i) : Double.NaN;
    }
    return result;
  }
}
