package dev.millrace.server.storage.segments;

import java.time.Duration;

/**
 * When a shard seals and merges.
 *
 * @param rows events of a project that are sealed together, give or take a block
 * @param after how long an event may wait for that at most
 * @param together segments that are merged at a time, at least 2
 * @param segmentRows events of the largest segment that merging makes
 */
public record SealingLimits(int rows, Duration after, int together, int segmentRows) {
  /** Bytes of blocks that are sealed together, give or take a block: what bounds memory. */
  public static final long SEALED_BYTES_MAX = 64L << 20;

  /** Bytes of the largest segment that merging makes. */
  static final long SEGMENT_BYTES_MAX = 128L << 20;

  /** What suits most. */
  public static final SealingLimits DEFAULT =
      new SealingLimits(1 << 18, Duration.ofMinutes(5), 4, 1 << 20);

  public SealingLimits {
    if (rows < 1 || after.isNegative() || together < 2 || segmentRows < together) {
      throw new IllegalArgumentException(
          "can't seal %d rows after %s, %d segments together, up to %d rows"
              .formatted(rows, after, together, segmentRows));
    }
  }
}
