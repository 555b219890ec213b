package dev.millrace.server.log;

import java.nio.ByteBuffer;

/**
 * The stored bytes of a block, which a backend may keep in several chunks. Belongs to the snapshot
 * it came from. Confined to one thread.
 */
public interface BlockBytes {
  int length();

  /**
   * A little-endian, read-only view of a range, position 0: without copying where the range lies in
   * one chunk, else put together.
   *
   * @throws IndexOutOfBoundsException if the range isn't within the block
   */
  ByteBuffer slice(int offset, int length);

  /** Bytes in one buffer, from its position to its limit. */
  static BlockBytes of(ByteBuffer buffer) {
    ByteBuffer whole = buffer.slice();
    return new BlockBytes() {
      @Override
      public int length() {
        return whole.capacity();
      }

      @Override
      public ByteBuffer slice(int offset, int length) {
        return whole
            .slice(offset, length)
            .asReadOnlyBuffer()
            .order(java.nio.ByteOrder.LITTLE_ENDIAN);
      }
    };
  }
}
