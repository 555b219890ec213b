package dev.millrace.server.live;

import dev.millrace.server.error.ApiException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts open streams against what is allowed, altogether and for each key. Thread-safe. */
public final class StreamSlots {
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final int streamsMax;
  private final int perKeyMax;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<String, Integer> byKey = new ConcurrentHashMap<>();

  /**
   * @param streamsMax streams open at once
   * @param perKeyMax streams open at once by one key
   */
  public StreamSlots(int streamsMax, int perKeyMax) {
    this.streamsMax = streamsMax;
    this.perKeyMax = perKeyMax;
  }

  /**
   * Takes a place.
   *
   * @param key the name of the caller's key
   * @return gives it back; running it again does nothing
   * @throws ApiException.ResourceExhausted if there are as many streams as allowed
   */
  public Runnable take(String key) {
    if (open.incrementAndGet() > streamsMax) {
      open.decrementAndGet();
      throw new ApiException.ResourceExhausted(
          "the server has %d live streams open, as many as it allows (live.maxStreams)"
              .formatted(streamsMax),
          RETRY);
    }
    if (byKey.merge(key, 1, Integer::sum) > perKeyMax) {
      give(key);
      throw new ApiException.ResourceExhausted(
          "the key '%s' has %d live streams open, as many as it may (live.maxStreamsPerKey)"
              .formatted(key, perKeyMax),
          RETRY);
    }
    AtomicBoolean given = new AtomicBoolean();
    return () -> {
      if (given.compareAndSet(false, true)) {
        give(key);
      }
    };
  }

  private void give(String key) {
    open.decrementAndGet();
    byKey.computeIfPresent(key, (name, count) -> count == 1 ? null : count - 1);
  }

  /** Streams open now. */
  public int count() {
    return open.get();
  }
}
