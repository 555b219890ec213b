package dev.millrace.server.log.segment.v1.encoding;

import dev.millrace.server.log.format.v1.Bytes;
import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;
import java.util.Arrays;

/**
 * Integers as differences from a base, bit-packed, with those that don't fit listed apart: patched
 * frame of reference (Zukowski, Héman, Nes, Boncz: Super-Scalar RAM-CPU Cache Compression, 2006).
 */
public final class PackedLongs {
  private static final int HEADER = 13;
  private static final int EXCEPTION = 12;
  private static final int SAMPLE = 512;

  private PackedLongs() {}

  /**
   * How to pack certain values.
   *
   * @param base what is subtracted
   * @param width bits of a difference, 0 to 64
   * @param exceptions values whose difference, taken as unsigned, has more bits
   * @param bytes what all of it takes
   */
  record Plan(long base, int width, int exceptions, long bytes) {}

  /** The cheapest way found. */
  static Plan plan(long[] values, int n) {
    if (n == 0) {
      return new Plan(0, 0, 0, HEADER);
    }
    long min = values[0];
    for (int i = 1; i < n; i++) {
      min = Math.min(min, values[i]);
    }
    Plan best = plan(values, n, min);
    if (best.width > 0) {
      Plan other = plan(values, n, lowQuantile(values, n));
      if (other.bytes < best.bytes) {
        best = other;
      }
    }
    return best;
  }

  /** Something that few values are below: a base that a few stray ones don't spoil. */
  private static long lowQuantile(long[] values, int n) {
    int step = Math.max(1, n / SAMPLE);
    long[] sample = new long[(n + step - 1) / step];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = values[i * step];
    }
    Arrays.sort(sample);
    return sample[sample.length / 64];
  }

  private static Plan plan(long[] values, int n, long base) {
    int[] counts = new int[Long.SIZE + 1];
    for (int i = 0; i < n; i++) {
      counts[BitPacking.bits(values[i] - base)]++;
    }
    int wider = 0;
    Plan best = new Plan(base, Long.SIZE, 0, Long.MAX_VALUE);
    for (int width = Long.SIZE; width >= 0; width--) {
      long bytes = HEADER + packedLength(n, width) + (long) EXCEPTION * wider;
      if (bytes < best.bytes) {
        best = new Plan(base, width, wider, bytes);
      }
      wider += counts[width];
    }
    return best;
  }

  private static long packedLength(int n, int width) {
    return (long) ((n + 31) / 32) * 4 * width;
  }

  /** Writes values the cheapest way found. */
  public static void write(Output out, long[] values, int n) {
    write(out, values, n, plan(values, n));
  }

  /** Writes integers that aren't negative. */
  static void write(Output out, int[] values, int n) {
    long[] wide = new long[n];
    for (int i = 0; i < n; i++) {
      wide[i] = values[i];
    }
    write(out, wide, n);
  }

  static void write(Output out, long[] values, int n, Plan plan) {
    out.putByte(plan.width);
    out.putLong(plan.base);
    out.putInt(plan.exceptions);
    int lowBits = Math.min(plan.width, 32);
    int[] part = new int[n];
    for (int i = 0; i < n; i++) {
      part[i] = (int) (values[i] - plan.base);
    }
    pack(out, part, n, lowBits);
    if (plan.width > 32) {
      for (int i = 0; i < n; i++) {
        part[i] = (int) ((values[i] - plan.base) >>> 32);
      }
      pack(out, part, n, plan.width - 32);
    }
    if (plan.exceptions > 0) {
      for (int i = 0; i < n; i++) {
        if (BitPacking.bits(values[i] - plan.base) > plan.width) {
          out.putInt(i);
          out.putLong(values[i]);
        }
      }
    }
  }

  private static void pack(Output out, int[] part, int n, int bits) {
    int at = out.reserve(BitPacking.intsLength(n, bits));
    BitPacking.packInts(part, n, bits, out.bytes(), at);
  }

  /** Reads n values into a new array of so many. */
  public static long[] read(Input in, int n, Scratch scratch) {
    long[] values = new long[n];
    Packed packed = Packed.read(in, n);
    if (packed.width == 0) {
      Arrays.fill(values, packed.base);
    } else if (packed.width <= 32) {
      int[] part = packed.low(scratch);
      for (int i = 0; i < n; i++) {
        values[i] = packed.base + (part[i] & 0xffff_ffffL);
      }
    } else {
      int[] part = packed.low(scratch);
      for (int i = 0; i < n; i++) {
        values[i] = packed.base + (part[i] & 0xffff_ffffL);
      }
      packed.high(part);
      for (int i = 0; i < n; i++) {
        values[i] += (long) part[i] << 32;
      }
    }
    for (int i = 0; i < packed.exceptions; i++) {
      values[packed.position(i)] = packed.exception(i);
    }
    return values;
  }

  /**
   * Reads n values, which are within [0, bound), into a new array of {@code length}.
   *
   * @throws IllegalArgumentException if one isn't
   */
  static int[] readInts(Input in, int n, int bound, int length) {
    int[] values = readInts(in, n, length);
    check(values, n, bound);
    return values;
  }

  /** Reads n values known to be ints that aren't negative into a new array of {@code length}. */
  static int[] readInts(Input in, int n, int length) {
    int[] values = new int[length];
    Packed packed = Packed.read(in, n);
    if (packed.width > 32 || packed.base < 0 || packed.base > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "integers of %d bits from %d".formatted(packed.width, packed.base));
    }
    int base = (int) packed.base;
    packed.low(values);
    if (base != 0) {
      for (int i = 0; i < n; i++) {
        values[i] += base;
      }
    }
    for (int i = 0; i < packed.exceptions; i++) {
      values[packed.position(i)] = Math.toIntExact(packed.exception(i));
    }
    return values;
  }

  private static void check(int[] values, int n, int bound) {
    int min = 0;
    int max = 0;
    for (int i = 0; i < n; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    if (min < 0 || (n > 0 && max >= bound)) {
      throw new IllegalArgumentException(
          "%d is not within 0 and %d".formatted(min < 0 ? min : max, bound - 1));
    }
  }

  /** Packed values that haven't been unpacked. */
  record Packed(
      byte[] bytes,
      int n,
      int width,
      long base,
      int lowAt,
      int highAt,
      int exceptions,
      int listAt) {

    static Packed read(Input in, int n) {
      int width = in.getByte();
      long base = in.getLong();
      int exceptions = in.getInt();
      if (width > Long.SIZE || exceptions < 0 || exceptions > n) {
        throw new IllegalArgumentException(
            "%d bits and %d exceptions for %d values".formatted(width, exceptions, n));
      }
      int lowAt = in.take(BitPacking.intsLength(n, Math.min(width, 32)));
      int highAt = in.take(BitPacking.intsLength(n, Math.max(0, width - 32)));
      int listAt = in.take(Math.multiplyExact(EXCEPTION, exceptions));
      return new Packed(in.bytes(), n, width, base, lowAt, highAt, exceptions, listAt);
    }

    /** The lowest 32 bits of the differences. */
    int[] low(Scratch scratch) {
      int[] into = scratch.ints(n);
      low(into);
      return into;
    }

    void low(int[] into) {
      BitPacking.unpackInts(bytes, lowAt, n, Math.min(width, 32), into);
    }

    /** The bits above the lowest 32. */
    void high(int[] into) {
      BitPacking.unpackInts(bytes, highAt, n, width - 32, into);
    }

    int position(int exception) {
      return Bytes.getInt(bytes, listAt + EXCEPTION * exception);
    }

    long exception(int exception) {
      return Bytes.getLong(bytes, listAt + EXCEPTION * exception + 4);
    }
  }
}
