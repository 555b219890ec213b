package dev.millrace.server.system;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import dev.millrace.server.storage.SegmentStats;
import dev.millrace.server.storage.StorageStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** What is measured of the process and the store as a whole. Features measure themselves. */
public final class ServerMetrics implements AutoCloseable {
  private static final Duration STATS_AGE_MAX = Duration.ofSeconds(1);

  private final JvmGcMetrics garbageCollection = new JvmGcMetrics();

  public ServerMetrics(
      MeterRegistry registry, Supplier<StorageStats> store, Supplier<Activity> activity) {
    garbageCollection.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    bindStore(registry, Suppliers.memoizeWithExpiration(store, STATS_AGE_MAX));
    gauge(
        registry, "millrace.connections", "Connections open now", activity, Activity::connections);
    gauge(
        registry,
        "millrace.live.streams",
        "Live streams open now",
        activity,
        Activity::subscriptions);
    gauge(
        registry,
        "millrace.live.messages",
        "Messages sent on live streams since the start",
        activity,
        Activity::messagesSent);
    gauge(
        registry,
        "millrace.live.queries",
        "Different questions kept up to date for subscriptions",
        activity,
        Activity::liveQueries);
  }

  private static void bindStore(MeterRegistry registry, Supplier<StorageStats> store) {
    gauge(registry, "millrace.store.shards", "Shards", store, StorageStats::shards);
    gauge(registry, "millrace.store.events", "Events stored", store, StorageStats::events);
    gauge(registry, "millrace.store.bytes", "Bytes taken on disk", store, StorageStats::bytes);
    gauge(
        registry,
        "millrace.store.free.bytes",
        "Bytes of free pages within the files",
        store,
        StorageStats::freeBytes);
    gauge(
        registry,
        "millrace.store.oldest.reader.seconds",
        "Age of the oldest open snapshot",
        store,
        stats -> stats.oldestReader().toNanos() / 1e9);
    gauge(
        registry,
        "millrace.store.queued.events",
        "Events waiting for a writer",
        store,
        StorageStats::queuedEvents);
    gauge(
        registry,
        "millrace.store.queued.bytes",
        "Bytes of batches waiting for a writer",
        store,
        StorageStats::queuedBytes);
    gauge(
        registry,
        "millrace.store.remembered.ids",
        "Event ids remembered for de-duplication",
        store,
        StorageStats::rememberedIds);
    gauge(
        registry,
        "millrace.store.remembered.ids.bytes",
        "Memory that remembered event ids take",
        store,
        StorageStats::rememberedIdsMemoryBytes);
    bindSegments(registry, () -> store.get().segments());
  }

  private static void bindSegments(MeterRegistry registry, Supplier<SegmentStats> segments) {
    gauge(registry, "millrace.segments", "Sealed segments", segments, SegmentStats::segments);
    gauge(registry, "millrace.segments.bytes", "Bytes of segments", segments, SegmentStats::bytes);
    gauge(
        registry,
        "millrace.segments.file.bytes",
        "Bytes that the files of segments take on disk",
        segments,
        SegmentStats::fileBytes);
    gauge(
        registry,
        "millrace.segments.free.bytes",
        "Bytes of free pages within the files of segments",
        segments,
        SegmentStats::freeBytes);
    gauge(
        registry,
        "millrace.segments.events",
        "Events that are sealed",
        segments,
        SegmentStats::events);
    gauge(
        registry,
        "millrace.unsealed.events",
        "Events that aren't sealed yet",
        segments,
        SegmentStats::unsealedEvents);
    gauge(
        registry,
        "millrace.sealing.lag.seconds",
        "How long the oldest event that isn't sealed has waited",
        segments,
        stats -> stats.lag().toNanos() / 1e9);
    counter(
        registry,
        "millrace.sealing.events",
        "Events sealed since the start",
        segments,
        SegmentStats::sealedEvents);
    counter(
        registry,
        "millrace.sealing.seconds",
        "Time spent sealing since the start",
        segments,
        stats -> stats.sealing().toNanos() / 1e9);
    counter(
        registry,
        "millrace.merging.events",
        "Events rewritten by merging since the start",
        segments,
        SegmentStats::mergedEvents);
    counter(
        registry,
        "millrace.merging.seconds",
        "Time spent merging since the start",
        segments,
        stats -> stats.merging().toNanos() / 1e9);
  }

  private static <T> void counter(
      MeterRegistry registry,
      String name,
      String description,
      Supplier<T> source,
      ToDoubleFunction<T> value) {
    // Unlike a gauge it can't hold on to its source, which the gauges of the same source do.
    FunctionCounter.builder(name, source, supplier -> value.applyAsDouble(supplier.get()))
        .description(description)
        .register(registry);
  }

  private static <T> void gauge(
      MeterRegistry registry,
      String name,
      String description,
      Supplier<T> source,
      ToDoubleFunction<T> value) {
    Gauge.builder(name, source, supplier -> value.applyAsDouble(supplier.get()))
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  @Override
  public void close() {
    garbageCollection.close();
  }
}
