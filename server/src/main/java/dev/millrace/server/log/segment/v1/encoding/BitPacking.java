package dev.millrace.server.log.segment.v1.encoding;

import dev.millrace.server.log.format.v1.Bytes;
import java.util.Arrays;

/**
 * Unsigned integers of a few bits each, laid out so that unpacking is a few long loops without
 * branches, whose shifts and masks don't change: the "vertical" layout of Lemire and Boytsov
 * (Decoding billions of integers per second through vectorization, 2015), with lanes as many as a
 * section has values instead of as many as a vector register has.
 *
 * <p>The n values are cut into sections of equal length, 32 for lanes of 32 bits and 8 for lanes of
 * 8 bits. Lane j holds value j of every section, one after the other, least significant bits first;
 * the first words of all lanes come first, then the second words, and so on.
 */
public final class BitPacking {
  private static final int INT_SECTIONS = 32;
  private static final long ONES = 0x0101_0101_0101_0101L;

  private BitPacking() {}

  /** The bits that an unsigned number takes. */
  public static int bits(long unsigned) {
    return Long.SIZE - Long.numberOfLeadingZeros(unsigned);
  }

  /** The bytes of n values of so many bits, up to 32, in lanes of 32 bits. */
  static int intsLength(int n, int bits) {
    return Math.multiplyExact(4 * intLanes(n), bits);
  }

  /** The bytes of n values of so many bits, up to 8, in lanes of 8 bits. */
  static int bytesLength(int n, int bits) {
    return byteLanes(n) * bits;
  }

  private static int intLanes(int n) {
    return (n + INT_SECTIONS - 1) / INT_SECTIONS;
  }

  // For 8 sections; a multiple of 8, so that lanes are handled eight at a time.
  private static int byteLanes(int n) {
    return (n + 63) / 64 * 8;
  }

  /** Packs into {@link #intsLength} bytes; of the values only the lowest bits count. */
  static void packInts(int[] values, int n, int bits, byte[] to, int at) {
    Arrays.fill(to, at, at + intsLength(n, bits), (byte) 0);
    int lanes = intLanes(n);
    int mask = mask(bits);
    for (int from = 0, bit = 0; from < n; from += lanes, bit += bits) {
      int word = at + 4 * lanes * (bit >>> 5);
      int shift = bit & 31;
      int count = Math.min(lanes, n - from);
      for (int j = 0; j < count; j++) {
        int value = values[from + j] & mask;
        or(to, word + 4 * j, value << shift);
        if (shift + bits > 32) {
          or(to, word + 4 * (lanes + j), value >>> (32 - shift));
        }
      }
    }
  }

  private static void or(byte[] to, int at, int value) {
    Bytes.putInt(to, at, Bytes.getInt(to, at) | value);
  }

  private static int mask(int bits) {
    return bits == 32 ? -1 : (1 << bits) - 1;
  }

  static void unpackInts(byte[] from, int at, int n, int bits, int[] into) {
    int lanes = intLanes(n);
    int mask = mask(bits);
    for (int to = 0, bit = 0; to < n; to += lanes, bit += bits) {
      int word = at + 4 * lanes * (bit >>> 5);
      int shift = bit & 31;
      int count = Math.min(lanes, n - to);
      if (bits == 0) {
        Arrays.fill(into, to, to + count, 0);
      } else if (shift + bits <= 32) {
        section(from, word, shift, mask, into, to, count);
      } else {
        straddling(from, word, word + 4 * lanes, shift, mask, into, to, count);
      }
    }
  }

  private static void section(
      byte[] from, int at, int shift, int mask, int[] into, int to, int count) {
    for (int j = 0; j < count; j++) {
      into[to + j] = (Bytes.getInt(from, at + 4 * j) >>> shift) & mask;
    }
  }

  private static void straddling(
      byte[] from, int low, int high, int shift, int mask, int[] into, int to, int count) {
    int left = 32 - shift;
    for (int j = 0; j < count; j++) {
      into[to + j] =
          (Bytes.getInt(from, low + 4 * j) >>> shift | Bytes.getInt(from, high + 4 * j) << left)
              & mask;
    }
  }

  /** Packs into {@link #bytesLength} bytes; of the values only the lowest bits count. */
  static void packBytes(int[] values, int n, int bits, byte[] to, int at) {
    Arrays.fill(to, at, at + bytesLength(n, bits), (byte) 0);
    int lanes = byteLanes(n);
    int mask = mask(bits);
    for (int i = 0; i < n; i++) {
      int bit = i / lanes * bits;
      int shift = bit & 7;
      int word = at + lanes * (bit >>> 3) + i % lanes;
      int value = values[i] & mask;
      to[word] |= (byte) (value << shift);
      if (shift + bits > 8) {
        to[word + lanes] |= (byte) (value >>> (8 - shift));
      }
    }
  }

  /** Unpacks unsigned bytes, eight lanes at a time in a long. */
  static void unpackBytes(byte[] from, int at, int n, int bits, byte[] into) {
    if (bits == 8) {
      System.arraycopy(from, at, into, 0, n);
      return;
    }
    int lanes = byteLanes(n);
    long low = ONES * mask(bits);
    for (int to = 0, bit = 0; to < n; to += lanes, bit += bits) {
      int word = at + lanes * (bit >>> 3);
      int shift = bit & 7;
      int count = Math.min(lanes, n - to);
      if (bits == 0) {
        Arrays.fill(into, to, to + count, (byte) 0);
      } else if (shift + bits <= 8) {
        section(from, word, shift, low, into, to, count);
      } else {
        straddling(from, word, word + lanes, shift, low, into, to, count);
      }
    }
  }

  private static void section(
      byte[] from, int at, int shift, long mask, byte[] into, int to, int count) {
    int whole = count & ~7;
    for (int j = 0; j < whole; j += 8) {
      Bytes.putLong(into, to + j, Bytes.getLong(from, at + j) >>> shift & mask);
    }
    if (whole < count) {
      tail(Bytes.getLong(from, at + whole) >>> shift & mask, into, to + whole, to + count);
    }
  }

  private static void straddling(
      byte[] from, int first, int second, int shift, long mask, byte[] into, int to, int count) {
    int left = 8 - shift;
    long lower = ONES * ((1 << left) - 1);
    long upper = mask & ~lower;
    int whole = count & ~7;
    for (int j = 0; j < whole; j += 8) {
      long value =
          (Bytes.getLong(from, first + j) >>> shift & lower)
              | (Bytes.getLong(from, second + j) << left & upper);
      Bytes.putLong(into, to + j, value);
    }
    if (whole < count) {
      long value =
          (Bytes.getLong(from, first + whole) >>> shift & lower)
              | (Bytes.getLong(from, second + whole) << left & upper);
      tail(value, into, to + whole, to + count);
    }
  }

  private static void tail(long bytes, byte[] into, int to, int end) {
    for (int i = to, shift = 0; i < end; i++, shift += 8) {
      into[i] = (byte) (bytes >>> shift);
    }
  }
}
