package dev.millrace.server.ingest;

import dev.millrace.server.error.ApiException;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Holds every key to a {@link RateLimit}. There are as many buckets as keys in the configuration.
 * Thread-safe.
 */
final class RateLimiter {
  private final RateLimit limit;
  private final TimeMeter clock;
  private final ConcurrentMap<String, Bucket> buckets = new ConcurrentHashMap<>();

  RateLimiter(RateLimit limit, InstantSource clock) {
    this.limit = limit;
    this.clock = new Meter(clock);
  }

  /**
   * Takes a batch off a key's account.
   *
   * @throws ApiException.ResourceExhausted with the time after which it would be taken
   */
  void admit(String key, int events) {
    if (events == 0) {
      return;
    }
    // A batch larger than the burst would never be taken; it costs the whole burst.
    long cost = Math.min(events, limit.burst());
    Bucket bucket = buckets.computeIfAbsent(key, _ -> bucket());
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(cost);
    if (!probe.isConsumed()) {
      throw new ApiException.ResourceExhausted(
          "the key '%s' may send %,d events a second, burst %,d"
              .formatted(key, limit.eventsPerSecond(), limit.burst()),
          Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
  }

  private Bucket bucket() {
    return Bucket.builder()
        .addLimit(
            stage ->
                stage
                    .capacity(limit.burst())
                    .refillGreedy(limit.eventsPerSecond(), Duration.ofSeconds(1)))
        .withCustomTimePrecision(clock)
        .build();
  }

  private record Meter(InstantSource clock) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      Instant now = clock.instant();
      return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public boolean isWallClockBased() {
      return true;
    }
  }
}
