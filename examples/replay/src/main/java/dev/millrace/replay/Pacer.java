package dev.millrace.replay;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** Waits until an instant has come. */
public interface Pacer {
  /** Returns when the instant has come; at once if it is past. */
  void await(Instant instant) throws InterruptedException;

  /** Waits by a clock. */
  static Pacer of(InstantSource clock) {
    return instant -> {
      Duration left = Duration.between(clock.instant(), instant);
      if (left.compareTo(Duration.ZERO) > 0) {
        TimeUnit.NANOSECONDS.sleep(left.toNanos());
      }
    };
  }
}
