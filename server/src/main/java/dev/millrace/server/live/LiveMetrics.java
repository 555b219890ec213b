package dev.millrace.server.live;

import dev.millrace.server.live.feed.FeedMeter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** What is measured of subscriptions. Thread-safe. */
public final class LiveMetrics implements FeedMeter {
  private static final Duration LATENCY_MIN = Duration.ofNanos(100_000);
  private static final Duration LATENCY_MAX = Duration.ofSeconds(30);

  private final Timer delivery;
  private final Timer evaluation;
  private final LongAdder skipped = new LongAdder();
  private final LongAdder sent = new LongAdder();

  public LiveMetrics(MeterRegistry meters) {
    delivery =
        Timer.builder("millrace.live.delivery")
            .description("Time from a commit until the update it causes is handed to a transport")
            .publishPercentileHistogram()
            .minimumExpectedValue(LATENCY_MIN)
            .maximumExpectedValue(LATENCY_MAX)
            .register(meters);
    evaluation =
        Timer.builder("millrace.live.evaluation")
            .description("Time to bring the answer to a live query up to date")
            .publishPercentileHistogram()
            .minimumExpectedValue(LATENCY_MIN)
            .maximumExpectedValue(LATENCY_MAX)
            .register(meters);
    FunctionCounter.builder("millrace.live.conflated", skipped, LongAdder::sum)
        .description("States of live queries that slow readers never had")
        .register(meters);
  }

  @Override
  public void delivered(long causeNanos, long states) {
    if (causeNanos != 0) {
      delivery.record(System.nanoTime() - causeNanos, TimeUnit.NANOSECONDS);
    }
    if (states > 0) {
      skipped.add(states);
    }
  }

  @Override
  public void sent() {
    sent.increment();
  }

  @Override
  public void evaluated(long nanos) {
    evaluation.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Messages handed to transports. */
  public long messagesSent() {
    return sent.sum();
  }

  /** States that slow readers never had. */
  public long conflated() {
    return skipped.sum();
  }

  /**
   * The time that a part of all deliveries so far took at most, as exactly as the histogram tells;
   * zero before the first.
   *
   * @param part from 0 to 1
   */
  public Duration deliveredWithin(double part) {
    CountAtBucket[] buckets = delivery.takeSnapshot().histogramCounts();
    double wanted = part * delivery.count();
    if (wanted == 0) {
      return Duration.ZERO;
    }
    for (CountAtBucket bucket : buckets) {
      if (bucket.count() >= wanted) {
        return Duration.ofNanos((long) bucket.bucket(TimeUnit.NANOSECONDS));
      }
    }
    return LATENCY_MAX;
  }
}
