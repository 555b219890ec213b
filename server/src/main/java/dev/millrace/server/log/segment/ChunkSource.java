package dev.millrace.server.log.segment;

import java.nio.ByteBuffer;

/**
 * Where the chunks of one segment are read from, as of one snapshot. May be called from several
 * threads at once.
 */
@FunctionalInterface
public interface ChunkSource {
  /**
   * A read-only view of a chunk in little-endian order, from its position 0 to its limit: good as
   * long as the snapshot, and the caller's own as far as position and limit go.
   *
   * @param number counted from 0
   * @throws dev.millrace.server.error.StorageException.Corrupt if there is no such chunk
   */
  ByteBuffer chunk(int number);
}
