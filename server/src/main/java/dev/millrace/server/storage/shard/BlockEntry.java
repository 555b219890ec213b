package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import java.nio.ByteBuffer;

/**
 * What is known of a block without reading it. Key: project, first sequence. Stored as {@code u8
 * version, i32 rows, i64 minTime, i64 maxTime, i64 newestReceived, i64 firstOrdinal, i32 length},
 * big-endian.
 *
 * @param newestReceived the latest acceptance time of its events, by the shard's clock
 * @param firstOrdinal its first event's number on the shard
 * @param length bytes
 */
record BlockEntry(
    int project,
    long firstSequence,
    int rows,
    long minTime,
    long maxTime,
    long newestReceived,
    long firstOrdinal,
    int length) {
  /** What fits into 16 pages of LMDB beside their header: mixed sizes would fragment the file. */
  static final int CHUNK_BYTES = 65_520;

  private static final byte VERSION = 1;

  /** The number of its chunks: all of equal length, but for the last. */
  int chunks() {
    return (length + CHUNK_BYTES - 1) / CHUNK_BYTES;
  }

  long endSequence() {
    return firstSequence + rows;
  }

  byte[] key() {
    return Keys.inProject(project, firstSequence);
  }

  ByteBuffer encode() {
    ByteBuffer value = ByteBuffer.allocate(1 + 4 + 4 * 8 + 4);
    value.put(VERSION).putInt(rows).putLong(minTime).putLong(maxTime).putLong(newestReceived);
    return value.putLong(firstOrdinal).putInt(length).flip();
  }

  static BlockEntry decode(ByteBuffer key, ByteBuffer value) {
    if (value.get(0) > VERSION) {
      throw new StorageException.TooNew("a block's entry", value.get(0), VERSION);
    }
    return new BlockEntry(
        key.getInt(0),
        key.getLong(4),
        value.getInt(1),
        value.getLong(5),
        value.getLong(13),
        value.getLong(21),
        value.getLong(29),
        value.getInt(37));
  }
}
