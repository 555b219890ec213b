package dev.millrace.server.event;

/** Times as events hold them: microseconds since 1970, within the years 1 to 9999. */
public final class EventTime {
  /** 0001-01-01T00:00:00Z in seconds since 1970. */
  public static final long MIN_SECONDS = -62_135_596_800L;

  /** 9999-12-31T23:59:59Z in seconds since 1970. */
  public static final long MAX_SECONDS = 253_402_300_799L;

  private static final long MAX_NANOS = 999_999_999L;

  private EventTime() {}

  /**
   * The time of a protobuf {@code Timestamp}, cut to the microsecond below.
   *
   * @throws BrokenEvent with TIME_INVALID if it isn't one
   */
  public static long micros(long seconds, long nanos) {
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
      throw new BrokenEvent(
          RejectReason.TIME_INVALID,
          "",
          "found %d seconds since 1970, allowed are %d to %d (the years 1 to 9999)"
              .formatted(seconds, MIN_SECONDS, MAX_SECONDS));
    }
    if (nanos < 0 || nanos > MAX_NANOS) {
      throw new BrokenEvent(
          RejectReason.TIME_INVALID,
          "",
          "found %d nanoseconds, allowed are 0 to %d".formatted(nanos, MAX_NANOS));
    }
    return seconds * 1_000_000 + nanos / 1_000;
  }

  /** Whether a time in microseconds lies within the years 1 to 9999. */
  public static boolean inRange(long micros) {
    return micros >= MIN_SECONDS * 1_000_000 && micros < (MAX_SECONDS + 1) * 1_000_000;
  }
}
