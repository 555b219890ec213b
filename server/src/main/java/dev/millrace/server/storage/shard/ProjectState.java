package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import java.nio.ByteBuffer;

/**
 * A project's counters on a shard. Stored as {@code u8 version, i32 number, 6 × i64}, big-endian;
 * version 1 has no {@code retainedFrom}.
 *
 * @param number stands for the project in keys
 * @param nextSequence the next event's sequence; the first is 1
 * @param events events stored
 * @param nextRejection the next rejection's number
 * @param rejections rejections kept
 * @param rejectionBytes bytes they take
 * @param retainedFrom segments and blocks whose latest event is before this time don't count any
 *     more; microseconds since 1970
 */
record ProjectState(
    int number,
    long nextSequence,
    long events,
    long nextRejection,
    long rejections,
    long rejectionBytes,
    long retainedFrom) {
  private static final byte VERSION = 2;

  static ProjectState fresh(int number) {
    return new ProjectState(number, 1, 0, 1, 0, 0, Long.MIN_VALUE);
  }

  ProjectState appended(long accepted) {
    return new ProjectState(
        number,
        nextSequence + accepted,
        events + accepted,
        nextRejection,
        rejections,
        rejectionBytes,
        retainedFrom);
  }

  ProjectState rejected(int bytes) {
    return new ProjectState(
        number,
        nextSequence,
        events,
        nextRejection + 1,
        rejections + 1,
        rejectionBytes + bytes,
        retainedFrom);
  }

  ProjectState dropped(int bytes) {
    return new ProjectState(
        number,
        nextSequence,
        events,
        nextRejection,
        rejections - 1,
        rejectionBytes - bytes,
        retainedFrom);
  }

  ProjectState retained(long fromMicros) {
    return new ProjectState(
        number,
        nextSequence,
        events,
        nextRejection,
        rejections,
        rejectionBytes,
        Math.max(retainedFrom, fromMicros));
  }

  ByteBuffer encode() {
    ByteBuffer value = ByteBuffer.allocate(5 + 6 * 8);
    value.put(VERSION).putInt(number).putLong(nextSequence).putLong(events);
    value.putLong(nextRejection).putLong(rejections).putLong(rejectionBytes);
    return value.putLong(retainedFrom).flip();
  }

  static ProjectState decode(ByteBuffer value) {
    if (value.get(0) > VERSION) {
      throw new StorageException.TooNew("a project's record", value.get(0), VERSION);
    }
    return new ProjectState(
        value.getInt(1),
        value.getLong(5),
        value.getLong(13),
        value.getLong(21),
        value.getLong(29),
        value.getLong(37),
        value.get(0) == 1 ? Long.MIN_VALUE : value.getLong(45));
  }
}
