package dev.millrace.server.log.format.v1;

/** Times as multiples of the coarsest unit that fits: microseconds, milliseconds or seconds. */
final class TimeUnits {
  private TimeUnits() {}

  /** 6, 3 or 0: all times are multiples of ten to this power, in microseconds. */
  static int exponent(long[] micros, int count) {
    for (int exponent = 6; exponent > 0; exponent -= 3) {
      if (allMultiples(micros, count, unit(exponent))) {
        return exponent;
      }
    }
    return 0;
  }

  private static boolean allMultiples(long[] micros, int count, long unit) {
    for (int i = 0; i < count; i++) {
      if (micros[i] % unit != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Ten to the power of an exponent.
   *
   * @throws IllegalArgumentException if it isn't 0, 3 or 6
   */
  static long unit(int exponent) {
    return switch (exponent) {
      case 0 -> 1;
      case 3 -> 1_000;
      case 6 -> 1_000_000;
      default -> throw new IllegalArgumentException("unknown unit of time %d".formatted(exponent));
    };
  }

  /** The smallest, or the largest long of none. */
  static long min(long[] micros, int count) {
    long min = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, micros[i]);
    }
    return min;
  }

  /** The largest, or the smallest long of none. */
  static long max(long[] micros, int count) {
    long max = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, micros[i]);
    }
    return max;
  }
}
