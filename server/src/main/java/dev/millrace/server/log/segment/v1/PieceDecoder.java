package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.segment.v1.encoding.CodeCodec;
import dev.millrace.server.log.segment.v1.encoding.NumberCodec;
import dev.millrace.server.log.segment.v1.encoding.PlainCodec;
import dev.millrace.server.log.segment.v1.encoding.Presence;
import dev.millrace.server.log.segment.v1.encoding.Scratch;
import dev.millrace.server.log.segment.v1.encoding.Values;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a column of a piece. Bytes that no {@link ColumnWriter} wrote give an {@link
 * IndexOutOfBoundsException}, {@link IllegalArgumentException} or {@link ArithmeticException}.
 */
final class PieceDecoder {
  private static final int NUMBER = Kind.NUMBER.ordinal();
  private static final int BOOLEAN = Kind.BOOLEAN.ordinal();
  private static final int TEXT = Kind.TEXT.ordinal();
  private static final int LIST = Kind.LIST.ordinal();

  private final Input in;
  private final int rows;
  private final Dictionary dictionary;
  private final String name;
  private final boolean check;
  private final Scratch scratch;

  /**
   * @param dictionary the column's; empty if its values are in order
   * @param name names the column in errors
   * @param check whether to check codes too: true when the piece is read for the first time
   */
  PieceDecoder(
      Input in, int rows, Dictionary dictionary, String name, boolean check, Scratch scratch) {
    this.in = in;
    this.rows = rows;
    this.dictionary = dictionary;
    this.name = name;
    this.check = check;
    this.scratch = scratch;
  }

  ValueVector read() {
    int[] present = Presence.read(in, rows);
    int entries = present == null ? rows : present.length;
    int kind = in.getByte();
    ValueVector vector =
        kind == SegmentLayout.KINDS_DIFFER ? differing(present, entries) : same(kind, present);
    in.end();
    return vector;
  }

  private ValueVector same(int kind, int @Nullable [] present) {
    if (kind == Kind.MISSING.ordinal() || kind >= ColumnWriter.KINDS) {
      throw new IllegalArgumentException("unknown kind %d".formatted(kind));
    }
    if (present == null) {
      if (kind == NUMBER) {
        return ValueVector.ofNumbers(NumberCodec.read(in, rows, scratch), rows);
      }
      if (kind == TEXT) {
        Codes codes = codes(rows, 0);
        return codes.narrow != null
            ? ValueVector.ofFewTexts(codes.narrow, rows, codes.dictionary)
            : ValueVector.ofTexts(codes.wide, rows, codes.dictionary);
      }
    }
    byte[] kinds = new byte[rows];
    int entries = present == null ? rows : present.length;
    if (present == null) {
      Arrays.fill(kinds, (byte) kind);
    } else {
      for (int row : present) {
        kinds[row] = (byte) kind;
      }
    }
    double[] numbers = null;
    if (kind == NUMBER) {
      numbers = NumberCodec.read(in, entries, scratch);
    } else if (kind == BOOLEAN) {
      numbers = booleans(entries);
    }
    if (numbers != null && present != null) {
      numbers = spread(numbers, present);
    }
    if (kind != TEXT && kind != LIST) {
      return ValueVector.mixed(kinds, numbers, null, rows, Dictionary.EMPTY);
    }
    Codes codes = kind == TEXT ? codes(entries, 0) : codes(0, entries);
    return mixed(kinds, null, present == null ? codes : codes.spread(present, rows));
  }

  private ValueVector mixed(byte[] kinds, double @Nullable [] numbers, Codes codes) {
    return codes.narrow != null
        ? ValueVector.mixedOfFew(kinds, numbers, codes.narrow, rows, codes.dictionary)
        : ValueVector.mixed(kinds, numbers, codes.wide, rows, codes.dictionary);
  }

  private ValueVector differing(int @Nullable [] present, int entries) {
    byte[] entryKinds = CodeCodec.readNarrow(in, entries, ColumnWriter.KINDS, true, scratch);
    int[] counts = new int[ColumnWriter.KINDS];
    byte[] kinds = new byte[rows];
    for (int i = 0; i < entries; i++) {
      counts[entryKinds[i]]++;
      kinds[present == null ? i : present[i]] = entryKinds[i];
    }
    double[] numbers = counts[NUMBER] > 0 ? NumberCodec.read(in, counts[NUMBER], scratch) : null;
    double[] booleans = counts[BOOLEAN] > 0 ? booleans(counts[BOOLEAN]) : null;
    double[] byRow = merged(kinds, numbers, booleans);
    if (counts[TEXT] + counts[LIST] == 0) {
      return ValueVector.mixed(kinds, byRow, null, rows, Dictionary.EMPTY);
    }
    Codes codes = codes(counts[TEXT], counts[LIST]);
    return mixed(kinds, byRow, inOrder(kinds, codes, counts[TEXT]));
  }

  /** Spreads codes over the rows of texts and lists. */
  private Codes inOrder(byte[] kinds, Codes codes, int texts) {
    int[] coded = new int[codes.length()];
    int next = 0;
    int nextText = 0;
    int nextList = texts;
    // In a dictionary's form codes come in the order of rows; else those of texts come first.
    boolean byRow = dictionary.size() > 0;
    int[] order = new int[coded.length];
    for (int row = 0; row < rows; row++) {
      if (kinds[row] == TEXT || kinds[row] == LIST) {
        order[next] = byRow ? next : kinds[row] == TEXT ? nextText++ : nextList++;
        coded[next++] = row;
      }
    }
    return codes.chosen(order).spread(coded, rows);
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
      if (numbers != null && kinds[row] == NUMBER) {
        byRow[row] = numbers[nextNumber++];
      } else if (booleans != null && kinds[row] == BOOLEAN) {
        byRow[row] = booleans[nextBoolean++];
      }
    }
    return byRow;
  }

  private double[] booleans(int count) {
    int at = in.take((count + 7) / 8);
    byte[] from = in.bytes();
    double[] booleans = new double[count];
    for (int i = 0; i < count; i++) {
      booleans[i] = from[at + (i >>> 3)] >>> (i & 7) & 1;
    }
    return booleans;
  }

  private double[] spread(double[] numbers, int[] present) {
    double[] byRow = new double[rows];
    for (int i = 0; i < present.length; i++) {
      byRow[present[i]] = numbers[i];
    }
    return byRow;
  }

  private Codes codes(int texts, int lists) {
    int size = dictionary.size();
    int entries = texts + lists;
    if (size > CodeCodec.NARROW_MAX) {
      return new Codes(null, CodeCodec.readWide(in, entries, size, check, scratch), dictionary);
    }
    if (size > 0) {
      return new Codes(CodeCodec.readNarrow(in, entries, size, check, scratch), NONE, dictionary);
    }
    Values textValues = texts > 0 ? PlainCodec.read(in, texts, scratch) : new Values();
    Values listValues = lists > 0 ? PlainCodec.read(in, lists, scratch) : new Values();
    int[] wide = new int[entries];
    for (int i = 0; i < entries; i++) {
      wide[i] = i;
    }
    return new Codes(null, wide, new PieceDictionary(textValues, listValues, name));
  }

  private static final int[] NONE = {};

  /** Codes in one of their two widths; {@code wide} counts if there are no narrow ones. */
  private record Codes(byte @Nullable [] narrow, int[] wide, Dictionary dictionary) {
    int length() {
      return narrow != null ? narrow.length : wide.length;
    }

    /** Each where its row is. */
    Codes spread(int[] present, int rows) {
      if (narrow != null) {
        byte[] byRow = new byte[rows];
        for (int i = 0; i < present.length; i++) {
          byRow[present[i]] = narrow[i];
        }
        return new Codes(byRow, NONE, dictionary);
      }
      int[] byRow = new int[rows];
      for (int i = 0; i < present.length; i++) {
        byRow[present[i]] = wide[i];
      }
      return new Codes(null, byRow, dictionary);
    }

    /** Those of some entries. */
    Codes chosen(int[] entries) {
      if (narrow != null) {
        byte[] of = new byte[entries.length];
        for (int i = 0; i < of.length; i++) {
          of[i] = narrow[entries[i]];
        }
        return new Codes(of, NONE, dictionary);
      }
      int[] of = new int[entries.length];
      for (int i = 0; i < of.length; i++) {
        of[i] = wide[entries[i]];
      }
      return new Codes(null, of, dictionary);
    }
  }
}
