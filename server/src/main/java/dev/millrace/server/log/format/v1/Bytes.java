package dev.millrace.server.log.format.v1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/** Little-endian access to byte arrays, at any alignment. */
public final class Bytes {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

  private Bytes() {}

  public static short getShort(byte[] bytes, int at) {
    return (short) SHORT.get(bytes, at);
  }

  public static void putShort(byte[] bytes, int at, short value) {
    SHORT.set(bytes, at, value);
  }

  public static int getInt(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  public static void putInt(byte[] bytes, int at, int value) {
    INT.set(bytes, at, value);
  }

  public static long getLong(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  public static void putLong(byte[] bytes, int at, long value) {
    LONG.set(bytes, at, value);
  }

  /**
   * Whether two ranges hold the same bytes. For short ones much faster than {@code Arrays.equals}.
   */
  public static boolean equal(byte[] a, int atA, byte[] b, int atB, int length) {
    if (length >= 8) {
      int last = length - 8;
      for (int i = 0; i < last; i += 8) {
        if (getLong(a, atA + i) != getLong(b, atB + i)) {
          return false;
        }
      }
      return getLong(a, atA + last) == getLong(b, atB + last);
    }
    if (length >= 4) {
      int last = length - 4;
      return getInt(a, atA) == getInt(b, atB) && getInt(a, atA + last) == getInt(b, atB + last);
    }
    for (int i = 0; i < length; i++) {
      if (a[atA + i] != b[atB + i]) {
        return false;
      }
    }
    return true;
  }

  /** A hash for tables in memory, by folded multiplication; never stored. */
  public static int hash(byte[] bytes, int offset, int length, long seed) {
    int end = offset + length;
    if (length >= 16) {
      return finish(longHash(bytes, offset, end, seed ^ length));
    }
    if (length >= 8) {
      return finish(fold(getLong(bytes, offset) ^ seed, getLong(bytes, end - 8) ^ FACTOR ^ length));
    }
    if (length >= 4) {
      long word = (long) getInt(bytes, offset) << 32 ^ getInt(bytes, end - 4);
      return finish(fold(word ^ seed, FACTOR ^ length));
    }
    if (length == 0) {
      return 0;
    }
    int word = bytes[offset] << 16 ^ bytes[offset + length / 2] << 8 ^ bytes[end - 1];
    return finish(fold(word ^ seed, FACTOR ^ length));
  }

  // Two lanes, since a step has to wait for the one before.
  private static long longHash(byte[] bytes, int offset, int end, long seed) {
    long one = seed;
    long two = ~seed;
    int at = offset;
    for (; at < end - 32; at += 32) {
      one = fold(getLong(bytes, at) ^ FACTOR, getLong(bytes, at + 8) ^ one);
      two = fold(getLong(bytes, at + 16) ^ FACTOR, getLong(bytes, at + 24) ^ two);
    }
    if (at < end - 16) {
      two = fold(getLong(bytes, at) ^ FACTOR, getLong(bytes, at + 8) ^ two);
    }
    one = fold(getLong(bytes, end - 16) ^ FACTOR, getLong(bytes, end - 8) ^ one);
    return one ^ Long.rotateLeft(two, 32);
  }

  private static int finish(long hash) {
    return (int) (hash ^ hash >>> 32);
  }

  private static long fold(long a, long b) {
    return a * b ^ Math.unsignedMultiplyHigh(a, b);
  }

  public static int crc32c(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }
}
