package dev.millrace.server.log.segment.v1.encoding;

import dev.millrace.server.log.format.v1.Bytes;
import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;
import java.util.Arrays;

/**
 * Doubles. Most come from decimals of few digits, so that they're an integer divided by a power of
 * ten, which division gives back exactly; the others are listed apart (after Afroozeh, Kuffó,
 * Boncz: ALP: Adaptive Lossless floating-Point Compression, SIGMOD 2023, which multiplies by an
 * inexact inverse instead).
 */
public final class NumberCodec {
  private static final int CONSTANT = 0;
  private static final int DECIMAL = 1;
  private static final int RAW = 2;

  private static final int EXCEPTION = 12;
  private static final int SAMPLE = 1024;

  /** Integers up to this size are exact as doubles. */
  private static final long INTEGER_MAX = 1L << 53;

  private static final double[] POWERS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  private NumberCodec() {}

  /** Writes n numbers, at least one, in the smallest of the forms. */
  public static void write(Output out, double[] numbers, int n) {
    if (isConstant(numbers, n)) {
      out.putByte(CONSTANT);
      out.putLong(Double.doubleToRawLongBits(numbers[0]));
      return;
    }
    int begin = out.position();
    int exponent = exponent(numbers, n);
    if (exponent >= 0) {
      writeDecimals(out, numbers, n, exponent);
      if (out.position() - begin < 8L * n) {
        return;
      }
      out.rewind(begin);
    }
    out.putByte(RAW);
    int at = out.reserve(Math.multiplyExact(8, n));
    for (int i = 0; i < n; i++) {
      Bytes.putLong(out.bytes(), at + 8 * i, Double.doubleToRawLongBits(numbers[i]));
    }
  }

  // By bits, since 0.0 must not come back for -0.0.
  private static boolean isConstant(double[] numbers, int n) {
    long first = Double.doubleToRawLongBits(numbers[0]);
    for (int i = 1; i < n; i++) {
      if (Double.doubleToRawLongBits(numbers[i]) != first) {
        return false;
      }
    }
    return true;
  }

  /** The power of ten that makes a sample smallest, or -1 if none helps. */
  private static int exponent(double[] numbers, int n) {
    int step = Math.max(1, n / SAMPLE);
    int best = -1;
    long bestBits = Long.MAX_VALUE;
    for (int e = 0; e < POWERS.length; e++) {
      long min = Long.MAX_VALUE;
      long max = Long.MIN_VALUE;
      int fitting = 0;
      int sampled = 0;
      for (int i = 0; i < n; i += step, sampled++) {
        if (fits(numbers[i], POWERS[e])) {
          long integer = Math.round(numbers[i] * POWERS[e]);
          min = Math.min(min, integer);
          max = Math.max(max, integer);
          fitting++;
        }
      }
      long exceptions = (long) (sampled - fitting) * EXCEPTION * 8;
      long bits = exceptions + (long) sampled * (fitting == 0 ? 0 : BitPacking.bits(max - min));
      if (fitting > 0 && bits < bestBits && bits < 64L * sampled) {
        best = e;
        bestBits = bits;
      }
      if (fitting == sampled) {
        break;
      }
    }
    return best;
  }

  private static boolean fits(double number, double power) {
    long integer = Math.round(number * power);
    return Math.abs(integer) <= INTEGER_MAX
        && Double.doubleToRawLongBits(integer / power) == Double.doubleToRawLongBits(number);
  }

  private static void writeDecimals(Output out, double[] numbers, int n, int exponent) {
    double power = POWERS[exponent];
    long[] integers = new long[n];
    int[] exceptions = new int[n];
    int exceptionCount = 0;
    long last = 0;
    boolean any = false;
    for (int i = 0; i < n; i++) {
      if (fits(numbers[i], power)) {
        last = Math.round(numbers[i] * power);
        if (!any) {
          Arrays.fill(integers, 0, i, last);
          any = true;
        }
      } else {
        exceptions[exceptionCount++] = i;
      }
      // An exception's place takes the integer before, which is as small as any.
      integers[i] = last;
    }
    out.putByte(DECIMAL);
    out.putByte(exponent);
    out.putInt(exceptionCount);
    PackedLongs.write(out, integers, n);
    for (int i = 0; i < exceptionCount; i++) {
      out.putInt(exceptions[i]);
      out.putLong(Double.doubleToRawLongBits(numbers[exceptions[i]]));
    }
  }

  /** Reads n numbers, at least one, into a new array of so many. */
  public static double[] read(Input in, int n, Scratch scratch) {
    int form = in.getByte();
    double[] numbers = new double[n];
    switch (form) {
      case CONSTANT -> Arrays.fill(numbers, Double.longBitsToDouble(in.getLong()));
      case DECIMAL -> readDecimals(in, numbers, scratch);
      case RAW -> {
        int at = in.take(Math.multiplyExact(8, n));
        byte[] from = in.bytes();
        for (int i = 0; i < n; i++) {
          numbers[i] = Double.longBitsToDouble(Bytes.getLong(from, at + 8 * i));
        }
      }
      default -> throw new IllegalArgumentException("unknown form %d".formatted(form));
    }
    return numbers;
  }

  private static void readDecimals(Input in, double[] numbers, Scratch scratch) {
    int exponent = in.getByte();
    if (exponent >= POWERS.length) {
      throw new IllegalArgumentException("unknown scale %d".formatted(exponent));
    }
    double power = POWERS[exponent];
    int exceptions = in.getInt();
    int n = numbers.length;
    PackedLongs.Packed packed = PackedLongs.Packed.read(in, n);
    if (packed.width() < 32) {
      narrow(packed.low(scratch), (double) packed.base(), power, numbers);
    } else {
      int[] part = packed.low(scratch);
      long[] integers = new long[n];
      for (int i = 0; i < n; i++) {
        integers[i] = packed.base() + (part[i] & 0xffff_ffffL);
      }
      if (packed.width() > 32) {
        packed.high(part);
      }
      for (int i = 0; i < n; i++) {
        long high = packed.width() > 32 ? (long) part[i] << 32 : 0;
        numbers[i] = (integers[i] + high) / power;
      }
    }
    for (int i = 0; i < packed.exceptions(); i++) {
      numbers[packed.position(i)] = packed.exception(i) / power;
    }
    int at = in.take(Math.multiplyExact(EXCEPTION, exceptions));
    for (int i = 0; i < exceptions; i++, at += EXCEPTION) {
      int position = Bytes.getInt(in.bytes(), at);
      numbers[position] = Double.longBitsToDouble(Bytes.getLong(in.bytes(), at + 4));
    }
  }

  // The sum is exact, since neither it nor its parts reach 2^53. An int becomes a double in one
  // vector instruction, which a long does not.
  private static void narrow(int[] differences, double base, double power, double[] numbers) {
    if (power == 1) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = base + differences[i];
      }
    } else {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (base + differences[i]) / power;
      }
    }
  }
}
