package dev.millrace.server.query.vector;

import java.util.Arrays;

/**
 * Which rows of a block something holds for: a bit each, and no bits at all where it is all of them
 * or none. Immutable.
 */
public final class Mask {
  private static final long[] NO_WORDS = new long[0];
  private static final int SPARSE = 16;

  private final int rows;
  private final int count;

  /** Bit i of word w is row 64 w + i; empty if all rows have the same bit. */
  private final long[] words;

  private Mask(int rows, int count, long[] words) {
    this.rows = rows;
    this.count = count;
    this.words = words;
  }

  /** Whether something holds at a row. */
  @FunctionalInterface
  public interface RowTest {
    boolean test(int row);
  }

  public static Mask all(int rows) {
    return new Mask(rows, rows, NO_WORDS);
  }

  public static Mask none(int rows) {
    return new Mask(rows, 0, NO_WORDS);
  }

  /**
   * A mask of bits, which it takes over.
   *
   * @param words as many as there are rows, by 64; bits beyond the last row are ignored
   */
  static Mask ofWords(long[] words, int rows) {
    if ((rows & 63) != 0) {
      words[rows >>> 6] &= (1L << (rows & 63)) - 1;
    }
    int count = 0;
    for (long word : words) {
      count += Long.bitCount(word);
    }
    return count == 0 || count == rows
        ? new Mask(rows, count, NO_WORDS)
        : new Mask(rows, count, words);
  }

  /** As many words as a number of rows needs, all zero. */
  static long[] newWords(int rows) {
    return new long[(rows + 63) >>> 6];
  }

  /** The rows [from, to). */
  public static Mask range(int from, int to, int rows) {
    long[] words = newWords(rows);
    for (int word = from >>> 6; (word << 6) < to; word++) {
      int first = Math.max(0, from - (word << 6));
      int end = Math.min(64, to - (word << 6));
      if (first < end) {
        words[word] = (-1L >>> (64 - end)) & (-1L << first);
      }
    }
    return ofWords(words, rows);
  }

  /** The rows at which a test holds. */
  public static Mask of(int rows, RowTest test) {
    return all(rows).refined(test);
  }

  /** Those rows of the mask at which a test holds; it isn't asked about others. */
  public Mask refined(RowTest test) {
    if (count == 0) {
      return this;
    }
    long[] result = newWords(rows);
    for (int word = 0; word < result.length; word++) {
      long bits = word(word);
      long kept = 0;
      while (bits != 0) {
        int bit = Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        kept |= (test.test((word << 6) + bit) ? 1L : 0L) << bit;
      }
      result[word] = kept;
    }
    return ofWords(result, rows);
  }

  /** A word of 64 rows; rows beyond the end are 0. */
  private long word(int index) {
    if (words.length > 0) {
      return words[index];
    }
    int beyond = ((index + 1) << 6) - rows;
    return count == 0 ? 0 : beyond <= 0 ? -1L : -1L >>> beyond;
  }

  public int rows() {
    return rows;
  }

  /** How many rows it holds for. */
  public int count() {
    return count;
  }

  public boolean isAll() {
    return count == rows;
  }

  public boolean isNone() {
    return count == 0;
  }

  /** Whether so few rows are meant that going to each of them is cheaper than going over all. */
  public boolean sparse() {
    return count < rows / SPARSE;
  }

  public boolean test(int row) {
    return words.length == 0 ? count > 0 : ((words[row >>> 6] >>> row) & 1) != 0;
  }

  public Mask not() {
    if (words.length == 0) {
      return count == 0 ? all(rows) : none(rows);
    }
    long[] result = new long[words.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = ~words[i];
    }
    return ofWords(result, rows);
  }

  public Mask and(Mask other) {
    if (isAll() || other.isNone()) {
      return other;
    }
    if (isNone() || other.isAll()) {
      return this;
    }
    long[] result = new long[words.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = words[i] & other.words[i];
    }
    return ofWords(result, rows);
  }

  public Mask or(Mask other) {
    if (isNone() || other.isAll()) {
      return other;
    }
    if (isAll() || other.isNone()) {
      return this;
    }
    long[] result = new long[words.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = words[i] | other.words[i];
    }
    return ofWords(result, rows);
  }

  /**
   * Writes the rows it holds for, ascending.
   *
   * @param into with room for {@link #count}
   */
  public void rowsInto(int[] into) {
    int at = 0;
    int wordCount = (rows + 63) >>> 6;
    for (int word = 0; word < wordCount; word++) {
      long bits = word(word);
      int base = word << 6;
      while (bits != 0) {
        into[at++] = base + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
      }
    }
  }

  /** True where it holds; the caller's to change. */
  public boolean[] booleans() {
    boolean[] result = new boolean[rows];
    if (isAll()) {
      Arrays.fill(result, true);
    } else if (!isNone()) {
      for (int row = 0; row < rows; row++) {
        result[row] = ((words[row >>> 6] >>> row) & 1) != 0;
      }
    }
    return result;
  }
}
