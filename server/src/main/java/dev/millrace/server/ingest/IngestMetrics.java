package dev.millrace.server.ingest;

import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.Rejection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** What ingest counts and times. Thread-safe. */
final class IngestMetrics {
  private static final Duration[] LATENCIES = {
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(5)
  };
  private static final double[] BATCH_SIZES = {1, 10, 100, 500, 1_000, 5_000, 10_000};

  private final MeterRegistry registry;
  private final Counter accepted;
  private final Counter duplicates;
  private final Counter filtered;
  private final Counter rejections;
  private final Map<RejectReason, Counter> rejected = new EnumMap<>(RejectReason.class);
  private final DistributionSummary batchEvents;
  private final Map<OriginalFormat, Timer> decode = new EnumMap<>(OriginalFormat.class);
  private final Timer commit;
  private final Counter overloaded;
  private final Counter rateLimited;

  IngestMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.accepted = verdict("accepted");
    this.duplicates = verdict("duplicate");
    this.filtered = verdict("filtered");
    this.rejections = verdict("rejected");
    for (RejectReason reason : RejectReason.values()) {
      rejected.put(
          reason,
          Counter.builder("millrace.ingest.rejected")
              .description("Events that broke a rule")
              .tag("reason", reason.name())
              .register(registry));
    }
    this.batchEvents =
        DistributionSummary.builder("millrace.ingest.batch.events")
            .description("Events of a batch")
            .serviceLevelObjectives(BATCH_SIZES)
            .register(registry);
    for (OriginalFormat format : OriginalFormat.values()) {
      decode.put(
          format,
          timer("millrace.ingest.decode", "Decoding of a batch")
              .tag("format", format.name())
              .register(registry));
    }
    this.commit =
        timer("millrace.ingest.commit", "From handing a batch to the store until it is durable")
            .register(registry);
    this.overloaded = refused("overloaded");
    this.rateLimited = refused("rate_limit");
  }

  private Counter verdict(String verdict) {
    return Counter.builder("millrace.ingest.events")
        .description("Events by what became of them")
        .tag("verdict", verdict)
        .register(registry);
  }

  private Counter refused(String why) {
    return Counter.builder("millrace.ingest.refused")
        .description("Batches that were refused before anything of them was accepted")
        .tag("why", why)
        .register(registry);
  }

  private static Timer.Builder timer(String name, String description) {
    return Timer.builder(name).description(description).serviceLevelObjectives(LATENCIES);
  }

  Timer.Sample start() {
    return Timer.start(registry);
  }

  void decoded(OriginalFormat format, Timer.Sample started) {
    Timer timer = decode.get(format);
    if (timer != null) {
      started.stop(timer);
    }
  }

  void committed(IngestResult result, Timer.Sample started) {
    started.stop(commit);
    batchEvents.record(result.size());
    accepted.increment(result.accepted());
    duplicates.increment(result.duplicates());
    filtered.increment(result.filtered());
    rejections.increment(result.rejections().size());
    for (Rejection rejection : result.rejections()) {
      Counter counter = rejected.get(rejection.reason());
      if (counter != null) {
        counter.increment();
      }
    }
  }

  void overloaded() {
    overloaded.increment();
  }

  void rateLimited() {
    rateLimited.increment();
  }
}
