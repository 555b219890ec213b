package dev.millrace.server.query.time;

import java.time.Duration;
import java.time.Instant;

/** Microseconds since 1970 and what they're made of. */
public final class Micros {
  public static final long SECOND = 1_000_000L;
  public static final long MINUTE = 60 * SECOND;
  public static final long HOUR = 60 * MINUTE;
  public static final long DAY = 24 * HOUR;
  public static final long WEEK = 7 * DAY;

  private Micros() {}

  /** Rounded down. */
  public static long of(Instant instant) {
    return of(instant.getEpochSecond(), instant.getNano());
  }

  /** Rounded down; the ends of what a long holds stand for anything beyond. */
  public static long of(long seconds, int nanos) {
    if (seconds > Long.MAX_VALUE / SECOND - 1) {
      return Long.MAX_VALUE;
    }
    return seconds < Long.MIN_VALUE / SECOND + 1
        ? Long.MIN_VALUE
        : seconds * SECOND + nanos / 1_000;
  }

  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, SECOND), Math.floorMod(micros, SECOND) * 1_000);
  }

  public static long of(Duration duration) {
    return Math.addExact(
        Math.multiplyExact(duration.getSeconds(), SECOND), duration.getNano() / 1_000);
  }
}
