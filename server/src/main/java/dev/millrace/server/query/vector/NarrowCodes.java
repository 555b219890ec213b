package dev.millrace.server.query.vector;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds bytes, eight at a time in a long: the exclusive or with the byte looked for is zero where
 * it is (Warren, Hacker's Delight, 6-1), and a multiplication gathers the eight answers.
 */
final class NarrowCodes {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long LOW_SEVEN = 0x7F7F7F7F7F7F7F7FL;
  private static final long GATHER = 0x0102040810204080L;
  private static final int FEW = 4;

  private NarrowCodes() {}

  /** The rows with a byte. */
  static Mask equal(byte[] bytes, int rows, int value) {
    long[] words = Mask.newWords(rows);
    addEqual(bytes, rows, value, words);
    return Mask.ofWords(words, rows);
  }

  /** The rows whose codes match; of a complete set of matches. */
  static Mask matching(byte[] codes, int rows, CodeMatches matches) {
    int others = matches.size() - matches.matching();
    boolean wanted = matches.matching() <= others;
    if (Math.min(matches.matching(), others) > FEW) {
      return byTable(codes, rows, matches);
    }
    long[] words = Mask.newWords(rows);
    for (int code = 0; code < matches.size(); code++) {
      if (matches.holds(code) == wanted) {
        addEqual(codes, rows, code, words);
      }
    }
    Mask found = Mask.ofWords(words, rows);
    return wanted ? found : found.not();
  }

  private static void addEqual(byte[] bytes, int rows, int value, long[] words) {
    long pattern = (value & 0xFFL) * ONES;
    int whole = rows >>> 6;
    for (int word = 0; word < whole; word++) {
      int base = word << 6;
      long found = 0;
      for (int at = 0; at < 64; at += 8) {
        found |= equalBytes((long) LONGS.get(bytes, base + at), pattern) << at;
      }
      words[word] |= found;
    }
    for (int row = whole << 6; row < rows; row++) {
      if (bytes[row] == (byte) value) {
        words[whole] |= 1L << row;
      }
    }
  }

  /** A bit for each of eight bytes: whether it equals that of the pattern. */
  private static long equalBytes(long eight, long pattern) {
    long different = eight ^ pattern;
    long zero = ~(((different & LOW_SEVEN) + LOW_SEVEN) | different | LOW_SEVEN);
    return ((zero >>> 7) * GATHER) >>> 56;
  }

  private static Mask byTable(byte[] codes, int rows, CodeMatches matches) {
    byte[] table = new byte[256];
    for (int code = 0; code < matches.size(); code++) {
      table[code] = (byte) (matches.holds(code) ? 1 : 0);
    }
    long[] words = Mask.newWords(rows);
    for (int word = 0; word < words.length; word++) {
      int base = word << 6;
      int end = Math.min(64, rows - base);
      long bits = 0;
      for (int bit = 0; bit < end; bit++) {
        bits |= (long) table[codes[base + bit] & 0xFF] << bit;
      }
      words[word] = bits;
    }
    return Mask.ofWords(words, rows);
  }
}
