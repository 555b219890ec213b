package dev.millrace.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits that grow exponentially, with full jitter, so that clients don't return all at once. */
final class Backoff {
  private final long firstNanos;
  private final long maxNanos;
  private final RandomGenerator random;
  private int attempts;

  Backoff(Duration first, Duration max, RandomGenerator random) {
    this.firstNanos = first.toNanos();
    this.maxNanos = max.toNanos();
    this.random = random;
  }

  /** The next wait in nanoseconds: at least the time asked for, and jitter on top of it. */
  long nextNanos(Duration atLeast) {
    long ceiling = maxNanos >> attempts < firstNanos ? maxNanos : firstNanos << attempts;
    attempts = Math.min(attempts + 1, 62);
    return atLeast.toNanos() + random.nextLong(ceiling) + 1;
  }

  void reset() {
    attempts = 0;
  }
}
