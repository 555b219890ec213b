package dev.millrace.server.log;

import dev.millrace.server.event.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The decoded values of a column of a block, one for each row, of any kind.
 *
 * <p>Texts and lists are codes into a dictionary: work on the dictionary first, then on codes. In a
 * column of mostly different texts every row may have an entry of its own, so equal codes mean
 * equal texts but different codes don't mean different texts, unless {@link Dictionary#distinct}.
 *
 * <p>Arrays are shared and must not be changed. Confined to one thread.
 */
public final class ValueVector {
  private final int rows;
  private final Kind kind;
  private final byte @Nullable [] kinds;
  private final double @Nullable [] numbers;
  private final byte @Nullable [] narrowCodes;
  private final Dictionary dictionary;
  private int @Nullable [] codes;

  private ValueVector(
      int rows,
      Kind kind,
      byte @Nullable [] kinds,
      double @Nullable [] numbers,
      int @Nullable [] codes,
      byte @Nullable [] narrowCodes,
      Dictionary dictionary) {
    this.rows = rows;
    this.kind = kind;
    this.kinds = kinds;
    this.numbers = numbers;
    this.codes = codes;
    this.narrowCodes = narrowCodes;
    this.dictionary = dictionary;
  }

  /** A column no event has. */
  public static ValueVector missing(int rows) {
    return new ValueVector(rows, Kind.MISSING, null, null, null, null, Dictionary.EMPTY);
  }

  /** A column of which every row is a number. */
  public static ValueVector ofNumbers(double[] numbers, int rows) {
    return new ValueVector(rows, Kind.NUMBER, null, numbers, null, null, Dictionary.EMPTY);
  }

  /** A column of which every row is a text. */
  public static ValueVector ofTexts(int[] codes, int rows, Dictionary dictionary) {
    return new ValueVector(rows, Kind.TEXT, null, null, codes, null, dictionary);
  }

  /**
   * A column of which every row is a text, of few different ones.
   *
   * @param codes unsigned, so that the dictionary has at most 256 entries
   */
  public static ValueVector ofFewTexts(byte[] codes, int rows, Dictionary dictionary) {
    return new ValueVector(rows, Kind.TEXT, null, null, null, codes, dictionary);
  }

  /**
   * A column of kinds that differ by row.
   *
   * @param kinds ordinals of {@link Kind}
   * @param numbers numbers, and booleans as 0 or 1; may be null if there are none
   * @param codes of texts and lists; may be null if there are none
   */
  public static ValueVector mixed(
      byte[] kinds,
      double @Nullable [] numbers,
      int @Nullable [] codes,
      int rows,
      Dictionary dictionary) {
    return new ValueVector(rows, Kind.MISSING, kinds, numbers, codes, null, dictionary);
  }

  /** Like {@link #mixed}, with unsigned codes of a dictionary of at most 256 entries. */
  public static ValueVector mixedOfFew(
      byte[] kinds, double @Nullable [] numbers, byte[] codes, int rows, Dictionary dictionary) {
    return new ValueVector(rows, Kind.MISSING, kinds, numbers, null, codes, dictionary);
  }

  public int rows() {
    return rows;
  }

  /** Whether all rows are of one kind, which {@link #kind(int)} gives for any row. */
  public boolean uniform() {
    return kinds == null;
  }

  public Kind kind(int row) {
    return kinds == null ? kind : Kind.of(kinds[row]);
  }

  /** The number at a row of kind NUMBER, or 0 or 1 at a row of kind BOOLEAN. */
  public double number(int row) {
    return numbers()[row];
  }

  /** The dictionary code at a row of kind TEXT or LIST. */
  public int code(int row) {
    return narrowCodes == null ? codes()[row] : narrowCodes[row] & 0xFF;
  }

  /** Ordinals of {@link Kind} by row, or null if {@link #uniform}. For tight loops. */
  public byte @Nullable [] kinds() {
    return kinds;
  }

  /** Numbers by row, meaningful where the kind is NUMBER or BOOLEAN. For tight loops. */
  public double[] numbers() {
    if (numbers == null) {
      throw new IllegalStateException("a column without numbers");
    }
    return numbers;
  }

  /** Codes by row, meaningful where the kind is TEXT or LIST. For tight loops. */
  public int[] codes() {
    int[] wide = codes;
    if (wide == null) {
      if (narrowCodes == null) {
        throw new IllegalStateException("a column without texts or lists");
      }
      wide = new int[rows];
      for (int i = 0; i < rows; i++) {
        wide[i] = narrowCodes[i] & 0xFF;
      }
      codes = wide;
    }
    return wide;
  }

  /**
   * Codes by row as unsigned bytes, or null if the column isn't kept that way. For the tightest
   * loops; {@link #codes} works too, at the price of widening them once.
   */
  public byte @Nullable [] narrowCodes() {
    return narrowCodes;
  }

  /** Whether some rows may be numbers or booleans, so that {@link #numbers} may be called. */
  public boolean hasNumbers() {
    return numbers != null;
  }

  /** Whether some rows may be texts or lists, so that {@link #codes} may be called. */
  public boolean hasCodes() {
    return codes != null || narrowCodes != null;
  }

  /** The texts and lists that codes stand for. Empty if there are none. */
  public Dictionary dictionary() {
    return dictionary;
  }
}
