package dev.millrace.server.storage.node;

import dev.millrace.server.storage.segments.SealingLimits;
import dev.millrace.server.storage.shard.ShardLimits;
import java.time.Duration;

/**
 * How a store is set up.
 *
 * @param shards the number of shards, 1 to 64, fixed when a data directory is made; 0 takes what
 *     the directory has, or {@link #defaultShards} for a new one
 * @param queueEvents events that may wait for a shard's writer
 * @param queueBytes bytes of batches that may wait for a shard's writer
 * @param commitEvents events made durable by one commit at most, give or take a batch
 * @param commitBytes bytes of batches made durable by one commit at most, give or take a batch
 * @param rememberIds how long event ids are remembered for de-duplication
 * @param idsInMemory ids a shard keeps in memory before it writes them out, about 24 bytes each
 * @param rejections rejected events kept for a project
 * @param rejectionBytes bytes of them
 * @param mapBytes the most a shard's environment can hold; address space, not memory
 * @param sealing when events become segments
 * @param retention how long after its time an event is kept; zero for ever
 * @param cacheBytes memory for what is decoded of segments
 * @param closePatience how long closing waits for open snapshots
 */
public record StorageConfig(
    int shards,
    int queueEvents,
    long queueBytes,
    int commitEvents,
    long commitBytes,
    Duration rememberIds,
    int idsInMemory,
    long rejections,
    long rejectionBytes,
    long mapBytes,
    SealingLimits sealing,
    Duration retention,
    long cacheBytes,
    Duration closePatience) {
  private static final int SHARDS_MAX = 64;

  /** What suits most. */
  public static final StorageConfig DEFAULT =
      new StorageConfig(
          0,
          200_000,
          128L << 20,
          65_536,
          32L << 20,
          Duration.ofDays(7),
          500_000,
          100_000,
          256L << 20,
          1L << 40,
          SealingLimits.DEFAULT,
          Duration.ZERO,
          64L << 20,
          Duration.ofSeconds(10));

  public StorageConfig {
    check(shards >= 0 && shards <= SHARDS_MAX, "shards", shards);
    check(queueEvents > 0, "queueEvents", queueEvents);
    check(queueBytes > 0, "queueBytes", queueBytes);
    check(commitEvents > 0, "commitEvents", commitEvents);
    check(commitBytes > 0, "commitBytes", commitBytes);
    check(rememberIds.isPositive(), "rememberIds", rememberIds);
    check(idsInMemory > 0, "idsInMemory", idsInMemory);
    check(rejections >= 0, "rejections", rejections);
    check(rejectionBytes >= 0, "rejectionBytes", rejectionBytes);
    check(mapBytes >= 1 << 20, "mapBytes", mapBytes);
    check(!retention.isNegative(), "retention", retention);
    check(cacheBytes >= 0, "cacheBytes", cacheBytes);
  }

  private static void check(boolean valid, String name, Object value) {
    if (!valid) {
      throw new IllegalArgumentException(name + " can't be " + value);
    }
  }

  /** Half of the processors, at least one. */
  public static int defaultShards() {
    return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, SHARDS_MAX);
  }

  /** What of it concerns a single shard. */
  public ShardLimits limits() {
    return new ShardLimits(rememberIds, idsInMemory, rejections, rejectionBytes, sealing);
  }

  public StorageConfig withShards(int number) {
    return new StorageConfig(
        number,
        queueEvents,
        queueBytes,
        commitEvents,
        commitBytes,
        rememberIds,
        idsInMemory,
        rejections,
        rejectionBytes,
        mapBytes,
        sealing,
        retention,
        cacheBytes,
        closePatience);
  }

  public StorageConfig withQueue(int events, long bytes) {
    return new StorageConfig(
        shards,
        events,
        bytes,
        commitEvents,
        commitBytes,
        rememberIds,
        idsInMemory,
        rejections,
        rejectionBytes,
        mapBytes,
        sealing,
        retention,
        cacheBytes,
        closePatience);
  }

  public StorageConfig withIds(Duration remembered, int inMemory) {
    return new StorageConfig(
        shards,
        queueEvents,
        queueBytes,
        commitEvents,
        commitBytes,
        remembered,
        inMemory,
        rejections,
        rejectionBytes,
        mapBytes,
        sealing,
        retention,
        cacheBytes,
        closePatience);
  }

  public StorageConfig withRejections(long number, long bytes) {
    return new StorageConfig(
        shards,
        queueEvents,
        queueBytes,
        commitEvents,
        commitBytes,
        rememberIds,
        idsInMemory,
        number,
        bytes,
        mapBytes,
        sealing,
        retention,
        cacheBytes,
        closePatience);
  }

  public StorageConfig withMapBytes(long bytes) {
    return new StorageConfig(
        shards,
        queueEvents,
        queueBytes,
        commitEvents,
        commitBytes,
        rememberIds,
        idsInMemory,
        rejections,
        rejectionBytes,
        bytes,
        sealing,
        retention,
        cacheBytes,
        closePatience);
  }

  public StorageConfig withSealing(SealingLimits limits) {
    return new StorageConfig(
        shards,
        queueEvents,
        queueBytes,
        commitEvents,
        commitBytes,
        rememberIds,
        idsInMemory,
        rejections,
        rejectionBytes,
        mapBytes,
        limits,
        retention,
        cacheBytes,
        closePatience);
  }

  public StorageConfig withRetention(Duration kept) {
    return new StorageConfig(
        shards,
        queueEvents,
        queueBytes,
        commitEvents,
        commitBytes,
        rememberIds,
        idsInMemory,
        rejections,
        rejectionBytes,
        mapBytes,
        sealing,
        kept,
        cacheBytes,
        closePatience);
  }
}
