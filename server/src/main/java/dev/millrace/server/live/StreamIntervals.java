package dev.millrace.server.live;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.millrace.server.error.ApiException;

/** The intervals that a request for a stream names, checked. */
final class StreamIntervals {
  private static final Duration HEARTBEAT = Durations.fromSeconds(15);
  private static final Duration HEARTBEAT_MIN = Durations.fromSeconds(1);
  private static final Duration HEARTBEAT_MAX = Durations.fromMinutes(5);
  private static final Duration UPDATES = Durations.fromMillis(100);
  private static final Duration UPDATES_MIN = Durations.fromMillis(10);
  private static final Duration UPDATES_MAX = Durations.fromHours(1);

  private StreamIntervals() {}

  /**
   * The longest time without a message, in nanoseconds.
   *
   * @throws ApiException.InvalidArgument if it isn't from 1 s to 5 min
   */
  static long heartbeatNanos(boolean given, Duration asked) {
    return nanos(given ? asked : HEARTBEAT, "heartbeatInterval", HEARTBEAT_MIN, HEARTBEAT_MAX);
  }

  /**
   * The shortest time between updates, in nanoseconds: rounded up to 1, 2 or 5 times a power of
   * ten, so that those who ask for about the same share.
   *
   * @throws ApiException.InvalidArgument if it isn't from 10 ms to 1 h
   */
  static long updateNanos(boolean given, Duration asked) {
    long nanos = nanos(given ? asked : UPDATES, "minInterval", UPDATES_MIN, UPDATES_MAX);
    long decade = 1;
    while (decade * 10 <= nanos) {
      decade *= 10;
    }
    for (long step : new long[] {1, 2, 5}) {
      if (step * decade >= nanos) {
        return step * decade;
      }
    }
    return 10 * decade;
  }

  private static long nanos(Duration asked, String field, Duration min, Duration max) {
    if (!Durations.isValid(asked)
        || Durations.compare(asked, min) < 0
        || Durations.compare(asked, max) > 0) {
      throw new ApiException.InvalidArgument(
          field,
          "must be from %s to %s".formatted(Durations.toString(min), Durations.toString(max)));
    }
    return Durations.toNanos(asked);
  }
}
