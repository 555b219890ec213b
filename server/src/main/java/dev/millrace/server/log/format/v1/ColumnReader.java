package dev.millrace.server.log.format.v1;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ValueVector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes columns. Bytes that no {@link ColumnWriter} wrote give an {@link
 * IndexOutOfBoundsException}, {@link IllegalArgumentException} or {@link ArithmeticException},
 * never a wrong answer.
 */
final class ColumnReader {
  private static final int NUMBER = Kind.NUMBER.ordinal();
  private static final int BOOLEAN = Kind.BOOLEAN.ordinal();
  private static final int TEXT = Kind.TEXT.ordinal();
  private static final int LIST = Kind.LIST.ordinal();
  private static final int[] NONE = {};
  private static final int KINDS = Kind.values().length;

  private final Input in;
  private final int rows;
  private final String what;

  /**
   * @param column the bytes of the column, from now on the reader's
   * @param what names the column of its block in errors
   */
  ColumnReader(byte[] column, int rows, String what) {
    this.in = new Input(column);
    this.rows = rows;
    this.what = what;
  }

  /** A column of times, which every row has. */
  long[] readTimes() {
    long unit = TimeUnits.unit(in.getByte());
    long[] times = PackedIntegers.readLongs(in, rows);
    in.end();
    if (unit != 1) {
      for (int i = 0; i < rows; i++) {
        times[i] *= unit;
      }
    }
    return times;
  }

  /**
   * Any other column.
   *
   * @param only the one kind that its values may have, or null if they may have any
   */
  ValueVector read(@Nullable Kind only) {
    int rowsForm = in.getByte();
    int kind = in.getByte();
    if (only != null && kind != only.ordinal()) {
      throw new IllegalArgumentException("kind %d in place of %s".formatted(kind, only));
    }
    int entries = in.getInt();
    if (entries <= 0 || entries > rows) {
      throw new IllegalArgumentException("%d entries for %d rows".formatted(entries, rows));
    }
    int[] entryRows =
        switch (rowsForm) {
          case BlockLayout.ROWS_ALL -> allRows(entries);
          case BlockLayout.ROWS_BITMAP -> bitmap(entries);
          case BlockLayout.ROWS_LIST -> PackedIntegers.readInts(in, entries, rows, entries);
          default -> throw new IllegalArgumentException("unknown form %d".formatted(rowsForm));
        };
    if (kind == BlockLayout.KINDS_DIFFER) {
      return differing(entryRows, entries);
    }
    checkKind(kind);
    return entryRows == null ? allOf(kind) : someOf(kind, entryRows, entries);
  }

  private int @Nullable [] allRows(int entries) {
    if (entries != rows) {
      throw new IllegalArgumentException("%d entries for all of %d rows".formatted(entries, rows));
    }
    return null;
  }

  private int[] bitmap(int entries) {
    int at = in.take((rows + 7) >>> 3);
    byte[] from = in.bytes();
    int[] entryRows = new int[entries];
    int count = 0;
    for (int row = 0; row < rows; row++) {
      if ((from[at + (row >>> 3)] >>> (row & 7) & 1) != 0) {
        entryRows[count++] = row;
      }
    }
    if (count != entries) {
      throw new IllegalArgumentException("%d rows for %d entries".formatted(count, entries));
    }
    return entryRows;
  }

  private static void checkKind(int kind) {
    if (kind <= Kind.MISSING.ordinal() || kind >= KINDS) {
      throw new IllegalArgumentException("unknown kind %d".formatted(kind));
    }
  }

  /** Every row has a value of one kind. */
  private ValueVector allOf(int kind) {
    if (kind == NUMBER) {
      double[] numbers = numbers(rows);
      in.end();
      return ValueVector.ofNumbers(numbers, rows);
    }
    if (kind == TEXT) {
      StoredValues texts = StoredValues.read(in, rows, rows);
      in.end();
      return ValueVector.ofTexts(texts.codes(rows), rows, new StoredDictionary(texts, null, what));
    }
    byte[] kinds = new byte[rows];
    Arrays.fill(kinds, (byte) kind);
    double[] numbers = kind == BOOLEAN ? booleans(rows) : null;
    StoredValues lists = kind == LIST ? StoredValues.read(in, rows, rows) : null;
    in.end();
    return ValueVector.mixed(
        kinds,
        numbers,
        lists == null ? null : lists.codes(rows),
        rows,
        new StoredDictionary(null, lists, what));
  }

  /** Some rows have a value, all of one kind. */
  private ValueVector someOf(int kind, int[] entryRows, int entries) {
    byte[] kinds = new byte[rows];
    for (int i = 0; i < entries; i++) {
      kinds[entryRows[i]] = (byte) kind;
    }
    double[] numbers =
        kind == NUMBER ? numbers(entries) : kind == BOOLEAN ? booleans(entries) : null;
    StoredValues values =
        kind == TEXT || kind == LIST ? StoredValues.read(in, entries, entries) : null;
    in.end();
    return ValueVector.mixed(
        kinds,
        numbers == null ? null : spread(numbers, entryRows, entries),
        values == null ? null : spread(values, entryRows, entries),
        rows,
        new StoredDictionary(kind == TEXT ? values : null, kind == LIST ? values : null, what));
  }

  private double[] spread(double[] numbers, int[] entryRows, int entries) {
    double[] byRow = new double[rows];
    for (int i = 0; i < entries; i++) {
      byRow[entryRows[i]] = numbers[i];
    }
    return byRow;
  }

  private int[] spread(StoredValues values, int[] entryRows, int entries) {
    int[] codes = values.codes(entries);
    int[] byRow = new int[rows];
    for (int i = 0; i < entries; i++) {
      byRow[entryRows[i]] = codes[i];
    }
    return byRow;
  }

  /** Values of several kinds. */
  private ValueVector differing(int @Nullable [] entryRows, int entries) {
    int at = in.take(entries);
    byte[] entryKinds = Arrays.copyOfRange(in.bytes(), at, at + entries);
    int[] counts = new int[KINDS];
    for (byte kind : entryKinds) {
      checkKind(kind);
      counts[kind]++;
    }
    double[] numbers = counts[NUMBER] > 0 ? numbers(counts[NUMBER]) : null;
    double[] booleans = counts[BOOLEAN] > 0 ? booleans(counts[BOOLEAN]) : null;
    StoredValues texts =
        counts[TEXT] > 0 ? StoredValues.read(in, counts[TEXT], counts[TEXT]) : null;
    StoredValues lists =
        counts[LIST] > 0 ? StoredValues.read(in, counts[LIST], counts[LIST]) : null;
    in.end();
    byte[] kinds = new byte[rows];
    for (int i = 0; i < entries; i++) {
      kinds[entryRows == null ? i : entryRows[i]] = entryKinds[i];
    }
    return ValueVector.mixed(
        kinds,
        merged(kinds, numbers, booleans),
        merged(kinds, texts, lists),
        rows,
        new StoredDictionary(texts, lists, what));
  }

  private double @Nullable [] merged(
      byte[] kinds, double @Nullable [] numbers, double @Nullable [] booleans) {
    if (numbers == null && booleans == null) {
      return null;
    }
    double[] byRow = new double[rows];
    int nextNumber = 0;
    int nextBoolean = 0;
    for (int row = 0; row < rows; row++) {
      if (kinds[row] == NUMBER && numbers != null) {
        byRow[row] = numbers[nextNumber++];
      } else if (kinds[row] == BOOLEAN && booleans != null) {
        byRow[row] = booleans[nextBoolean++];
      }
    }
    return byRow;
  }

  private int @Nullable [] merged(
      byte[] kinds, @Nullable StoredValues texts, @Nullable StoredValues lists) {
    if (texts == null && lists == null) {
      return null;
    }
    int textCount = texts == null ? 0 : texts.size();
    int[] textCodes = texts == null ? NONE : texts.codes(entriesOf(kinds, TEXT));
    int[] listCodes = lists == null ? NONE : lists.codes(entriesOf(kinds, LIST));
    int[] byRow = new int[rows];
    int nextText = 0;
    int nextList = 0;
    for (int row = 0; row < rows; row++) {
      if (kinds[row] == TEXT) {
        byRow[row] = textCodes[nextText++];
      } else if (kinds[row] == LIST) {
        byRow[row] = textCount + listCodes[nextList++];
      }
    }
    return byRow;
  }

  private static int entriesOf(byte[] kinds, int kind) {
    int count = 0;
    for (byte each : kinds) {
      count += each == kind ? 1 : 0;
    }
    return count;
  }

  private double[] numbers(int count) {
    int exponent = in.getByte();
    double[] numbers = new double[count];
    if (exponent == BlockLayout.NUMBERS_RAW) {
      int at = in.take(Math.multiplyExact(8, count));
      byte[] from = in.bytes();
      for (int i = 0; i < count; i++) {
        numbers[i] = Double.longBitsToDouble(Bytes.getLong(from, at + 8 * i));
      }
      return numbers;
    }
    double divisor = BlockLayout.divisor(exponent);
    long[] integers = PackedIntegers.readLongs(in, count);
    for (int i = 0; i < count; i++) {
      numbers[i] = integers[i] / divisor;
    }
    return numbers;
  }

  private double[] booleans(int count) {
    int at = in.take((count + 7) >>> 3);
    byte[] from = in.bytes();
    double[] booleans = new double[count];
    for (int i = 0; i < count; i++) {
      booleans[i] = from[at + (i >>> 3)] >>> (i & 7) & 1;
    }
    return booleans;
  }
}
