package dev.millrace.server.system;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The rate of a growing count over the last minute, from samples taken every second. Thread-safe.
 */
public final class MinuteRate {
  private static final long MINUTE_MILLIS = 60_000;
  private static final int SAMPLES_MAX = 64;

  private final Deque<Sample> samples = new ArrayDeque<>();

  private record Sample(long millis, long total) {}

  /** Takes a sample; times must not go back. */
  public synchronized void sample(long millis, long total) {
    samples.addLast(new Sample(millis, total));
    forget(millis);
  }

  private void forget(long millis) {
    // One sample at or beyond the minute is kept: the count then is what the minute began with.
    while (samples.size() > SAMPLES_MAX
        || (samples.size() > 1 && second().millis <= millis - MINUTE_MILLIS)) {
      samples.removeFirst();
    }
  }

  private Sample second() {
    var iterator = samples.iterator();
    iterator.next();
    return iterator.next();
  }

  /** The growth per second up to a count now; 0 without an earlier sample. */
  public synchronized double perSecond(long millis, long total) {
    forget(millis);
    Sample first = samples.peekFirst();
    if (first == null || first.millis >= millis) {
      return 0;
    }
    return (total - first.total) * 1000.0 / (millis - first.millis);
  }
}
