package dev.millrace.server.log.format.v1;

import java.util.Arrays;

/** Integers as a base and unsigned deltas of one width; see {@link BlockLayout}. */
final class PackedIntegers {
  private PackedIntegers() {}

  /** The bytes that an unsigned number takes: 0, 1, 2, 4 or 8. */
  static int width(long unsigned) {
    if (unsigned == 0) {
      return 0;
    }
    int bits = 64 - Long.numberOfLeadingZeros(unsigned);
    return bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
  }

  static void write(Output out, long[] values, int count) {
    long min = count == 0 ? 0 : Long.MAX_VALUE;
    long max = count == 0 ? 0 : Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    int width = width(max - min);
    int at = begin(out, width, min, count);
    byte[] to = out.bytes();
    switch (width) {
      case 1 -> {
        for (int i = 0; i < count; i++) {
          to[at + i] = (byte) (values[i] - min);
        }
      }
      case 2 -> {
        for (int i = 0; i < count; i++) {
          Bytes.putShort(to, at + 2 * i, (short) (values[i] - min));
        }
      }
      case 4 -> {
        for (int i = 0; i < count; i++) {
          Bytes.putInt(to, at + 4 * i, (int) (values[i] - min));
        }
      }
      case 8 -> {
        for (int i = 0; i < count; i++) {
          Bytes.putLong(to, at + 8 * i, values[i] - min);
        }
      }
      default -> {}
    }
  }

  /** Integers that aren't negative. */
  static void write(Output out, int[] values, int count) {
    int min = count == 0 ? 0 : Integer.MAX_VALUE;
    int max = 0;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    int width = width(max - min);
    int at = begin(out, width, min, count);
    byte[] to = out.bytes();
    switch (width) {
      case 1 -> {
        for (int i = 0; i < count; i++) {
          to[at + i] = (byte) (values[i] - min);
        }
      }
      case 2 -> {
        for (int i = 0; i < count; i++) {
          Bytes.putShort(to, at + 2 * i, (short) (values[i] - min));
        }
      }
      case 4 -> {
        for (int i = 0; i < count; i++) {
          Bytes.putInt(to, at + 4 * i, values[i] - min);
        }
      }
      default -> {}
    }
  }

  private static int begin(Output out, int width, long base, int count) {
    out.putByte(width);
    out.putLong(base);
    return out.reserve(Math.multiplyExact(width, count));
  }

  static long[] readLongs(Input in, int count) {
    int width = in.getByte();
    long base = in.getLong();
    int at = in.take(Math.multiplyExact(width, count));
    byte[] from = in.bytes();
    long[] values = new long[count];
    switch (width) {
      case 0 -> Arrays.fill(values, base);
      case 1 -> {
        for (int i = 0; i < count; i++) {
          values[i] = base + (from[at + i] & 0xff);
        }
      }
      case 2 -> {
        for (int i = 0; i < count; i++) {
          values[i] = base + (Bytes.getShort(from, at + 2 * i) & 0xffff);
        }
      }
      case 4 -> {
        for (int i = 0; i < count; i++) {
          values[i] = base + (Bytes.getInt(from, at + 4 * i) & 0xffff_ffffL);
        }
      }
      case 8 -> {
        for (int i = 0; i < count; i++) {
          values[i] = base + Bytes.getLong(from, at + 8 * i);
        }
      }
      default -> throw badWidth(width);
    }
    return values;
  }

  /** Integers within [0, bound), checked; in an array of {@code length}, at least {@code count}. */
  static int[] readInts(Input in, int count, int bound, int length) {
    int width = in.getByte();
    long longBase = in.getLong();
    int at = in.take(Math.multiplyExact(width, count));
    byte[] from = in.bytes();
    int base = (int) longBase;
    if (base != longBase) {
      throw new IllegalArgumentException("base %d is out of range".formatted(longBase));
    }
    int[] values = new int[length];
    switch (width) {
      case 0 -> Arrays.fill(values, 0, count, base);
      case 1 -> {
        for (int i = 0; i < count; i++) {
          values[i] = base + (from[at + i] & 0xff);
        }
      }
      case 2 -> {
        for (int i = 0; i < count; i++) {
          values[i] = base + (Bytes.getShort(from, at + 2 * i) & 0xffff);
        }
      }
      case 4 -> {
        for (int i = 0; i < count; i++) {
          values[i] = base + Bytes.getInt(from, at + 4 * i);
        }
      }
      default -> throw badWidth(width);
    }
    check(values, count, bound);
    return values;
  }

  private static void check(int[] values, int count, int bound) {
    int min = 0;
    int max = 0;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    if (min < 0 || (count > 0 && max >= bound)) {
      throw new IllegalArgumentException(
          "%d is not within 0 and %d".formatted(min < 0 ? min : max, bound - 1));
    }
  }

  private static IllegalArgumentException badWidth(int width) {
    return new IllegalArgumentException("unknown width %d".formatted(width));
  }
}
