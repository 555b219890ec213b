package dev.millrace.server.log.segment;

import java.nio.ByteBuffer;

/** Where the chunks of one segment are written to. Confined to the thread that writes. */
@FunctionalInterface
public interface ChunkSink {
  /** No chunk is longer, in bytes: sixteen pages of LMDB with a page's header. */
  int CHUNK_BYTES_MAX = 65_520;

  /**
   * Takes a chunk.
   *
   * @param number from 0, ascending without gaps
   * @param chunk its bytes from position to limit; used again after the call returns
   */
  void put(int number, ByteBuffer chunk);
}
