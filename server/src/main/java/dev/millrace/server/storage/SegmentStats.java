package dev.millrace.server.storage;

import java.time.Duration;

/**
 * How sealing is doing, on all shards.
 *
 * @param segments segments there are
 * @param bytes of their chunks
 * @param fileBytes bytes that the files of segments take on disk
 * @param freeBytes bytes of free pages within them
 * @param events events that are sealed
 * @param unsealedEvents events that aren't
 * @param lag how long the oldest of those has waited
 * @param sealedEvents events sealed since the start
 * @param sealing time that took
 * @param mergedEvents events rewritten by merging since the start
 * @param merging time that took
 */
public record SegmentStats(
    long segments,
    long bytes,
    long fileBytes,
    long freeBytes,
    long events,
    long unsealedEvents,
    Duration lag,
    long sealedEvents,
    Duration sealing,
    long mergedEvents,
    Duration merging) {
  /** Of a store that doesn't seal. */
  public static final SegmentStats NONE =
      new SegmentStats(0, 0, 0, 0, 0, 0, Duration.ZERO, 0, Duration.ZERO, 0, Duration.ZERO);
}
