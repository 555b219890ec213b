package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import java.nio.ByteBuffer;

/**
 * A shard's counters. Stored as {@code u8 version, i32 shard, i32 shards, 3 × i64, i32},
 * big-endian.
 *
 * @param shard the shard's number
 * @param shards how many there are
 * @param position the number of the next mutation
 * @param nextOrdinal the next event's number among all events of the shard
 * @param clockMicros the latest acceptance time, which never goes back
 * @param nextProject the number for the next project
 */
record ShardState(
    int shard, int shards, long position, long nextOrdinal, long clockMicros, int nextProject) {
  private static final byte VERSION = 1;

  static ShardState fresh(int shard, int shards) {
    return new ShardState(shard, shards, 0, 0, 0, 1);
  }

  ShardState withOrdinal(long ordinal) {
    return new ShardState(shard, shards, position, ordinal, clockMicros, nextProject);
  }

  ShardState advanced(long receivedMicros) {
    return new ShardState(
        shard,
        shards,
        position + 1,
        nextOrdinal,
        Math.max(clockMicros, receivedMicros),
        nextProject);
  }

  ShardState withProject() {
    return new ShardState(shard, shards, position, nextOrdinal, clockMicros, nextProject + 1);
  }

  ByteBuffer encode() {
    ByteBuffer value = ByteBuffer.allocate(9 + 3 * 8 + 4);
    value.put(VERSION).putInt(shard).putInt(shards);
    return value
        .putLong(position)
        .putLong(nextOrdinal)
        .putLong(clockMicros)
        .putInt(nextProject)
        .flip();
  }

  static ShardState decode(ByteBuffer value) {
    if (value.get(0) > VERSION) {
      throw new StorageException.TooNew("a shard's record", value.get(0), VERSION);
    }
    return new ShardState(
        value.getInt(1),
        value.getInt(5),
        value.getLong(9),
        value.getLong(17),
        value.getLong(25),
        value.getInt(33));
  }
}
