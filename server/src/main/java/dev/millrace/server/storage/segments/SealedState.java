package dev.millrace.server.storage.segments;

import dev.millrace.server.error.StorageException;
import java.nio.ByteBuffer;

/**
 * How far a project is sealed on a shard. Stored as {@code u8 version, 3 × i64}, big-endian.
 *
 * @param sealedTo the first sequence that isn't sealed
 * @param retainedFrom segments and blocks whose latest event is before this time don't count any
 *     more; microseconds since 1970
 * @param droppedEvents events that have been dropped for their age
 */
public record SealedState(long sealedTo, long retainedFrom, long droppedEvents) {
  private static final byte VERSION = 1;

  /** Nothing is sealed. */
  public static final SealedState FRESH = new SealedState(1, Long.MIN_VALUE, 0);

  /** Sealed further, and dropped more. */
  public SealedState advanced(long newSealedTo, long newRetainedFrom, long moreDropped) {
    return new SealedState(
        Math.max(sealedTo, newSealedTo),
        Math.max(retainedFrom, newRetainedFrom),
        droppedEvents + moreDropped);
  }

  ByteBuffer encode() {
    ByteBuffer value = ByteBuffer.allocate(1 + 3 * 8);
    return value.put(VERSION).putLong(sealedTo).putLong(retainedFrom).putLong(droppedEvents).flip();
  }

  static SealedState decode(ByteBuffer value) {
    if (value.get(0) > VERSION) {
      throw new StorageException.TooNew("a project's sealing", value.get(0), VERSION);
    }
    return new SealedState(value.getLong(1), value.getLong(9), value.getLong(17));
  }
}
