package dev.millrace.server.storage.segments;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.segment.SegmentSummary;
import dev.millrace.server.storage.ShardView.ScanRange;
import java.nio.ByteBuffer;

/**
 * A segment in the manifest: what is known of it without opening it. Key: project, first sequence.
 * Stored as {@code u8 version, i64 id, i64 toSequence, i32 rows, i32 chunks, 4 × i64}, big-endian.
 *
 * @param fromSequence where the sealed stretch of sequences begins
 * @param toSequence where it ends, exclusive; some numbers within may have been dropped
 * @param id names the segment's chunks; never used again for others
 * @param rows events, at least 1
 * @param bytes of all chunks together
 * @param maxTime the latest event time, inclusive
 * @param maxReceived the latest time of receipt
 */
public record SegmentEntry(
    int project,
    long fromSequence,
    long toSequence,
    long id,
    int rows,
    int chunks,
    long bytes,
    long minTime,
    long maxTime,
    long maxReceived) {
  private static final byte VERSION = 1;

  static SegmentEntry of(
      int project, long fromSequence, long toSequence, long id, SegmentSummary summary) {
    return new SegmentEntry(
        project,
        fromSequence,
        toSequence,
        id,
        summary.rows(),
        summary.chunks(),
        summary.bytes(),
        summary.minTime(),
        summary.maxTime(),
        summary.maxReceived());
  }

  /** How messages name it. */
  public String what() {
    return "segment %d (events %d to %d of project %d)"
        .formatted(id, fromSequence, toSequence - 1, project);
  }

  boolean overlaps(ScanRange range) {
    return fromSequence < range.toSequence()
        && toSequence > range.fromSequence()
        && minTime < range.toTime()
        && maxTime >= range.fromTime();
  }

  byte[] key() {
    return SegmentKeys.entry(project, fromSequence);
  }

  ByteBuffer encode() {
    ByteBuffer value = ByteBuffer.allocate(1 + 2 * 8 + 2 * 4 + 4 * 8);
    value.put(VERSION).putLong(id).putLong(toSequence).putInt(rows).putInt(chunks);
    return value.putLong(bytes).putLong(minTime).putLong(maxTime).putLong(maxReceived).flip();
  }

  static SegmentEntry decode(ByteBuffer key, ByteBuffer value) {
    if (value.get(0) > VERSION) {
      throw new StorageException.TooNew("a segment's entry", value.get(0), VERSION);
    }
    return new SegmentEntry(
        key.getInt(0),
        key.getLong(4),
        value.getLong(9),
        value.getLong(1),
        value.getInt(17),
        value.getInt(21),
        value.getLong(25),
        value.getLong(33),
        value.getLong(41),
        value.getLong(49));
  }
}
