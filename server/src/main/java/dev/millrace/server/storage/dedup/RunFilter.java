package dev.millrace.server.storage.dedup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Says of most hashes that a run hasn't got them: a Bloom filter in blocks of one cache line, with
 * one bit in each of its eight words. At 12 bits an id about one of 200 others gets through. Lies
 * off the heap; its bytes are part of the stored format.
 *
 * <p>May be asked from any thread once it is filled.
 */
final class RunFilter implements AutoCloseable {
  private static final int BITS_PER_ID = 12;
  private static final int WORDS = 8;
  private static final int BLOCK_BYTES = WORDS * Long.BYTES;
  private static final long WORD_BITS_MASK = 63;
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena;
  private final MemorySegment segment;
  private final long blocks;

  @SuppressWarnings("MustBeClosedChecker") // closed by close()
  private RunFilter(long blocks) {
    this.blocks = blocks;
    this.arena = Arena.ofShared();
    this.segment = arena.allocate(blocks * BLOCK_BYTES, BLOCK_BYTES);
  }

  /** An empty filter. */
  static RunFilter forIds(long ids) {
    return new RunFilter(
        Math.max(1, (ids * BITS_PER_ID + BLOCK_BYTES * 8 - 1) / (BLOCK_BYTES * 8)));
  }

  /** A filter to be loaded by {@link #load}. */
  static RunFilter ofBytes(long bytes) {
    return new RunFilter(bytes / BLOCK_BYTES);
  }

  long bytes() {
    return segment.byteSize();
  }

  void add(long prefix) {
    long offset = block(prefix);
    long bits = mix(prefix) >>> 16;
    for (int i = 0; i < WORDS; i++, bits >>>= 6) {
      segment.set(WORD, offset, segment.get(WORD, offset) | (1L << (bits & WORD_BITS_MASK)));
      offset += Long.BYTES;
    }
  }

  boolean mayContain(long prefix) {
    long offset = block(prefix);
    long bits = mix(prefix) >>> 16;
    // Half of the filter's bits are set, so a look at each word by itself would be guessed wrong
    // all
    // the time; four at once let one of sixteen others through.
    long first =
        (segment.get(WORD, offset) >>> (bits & WORD_BITS_MASK))
            & (segment.get(WORD, offset + 8) >>> ((bits >>> 6) & WORD_BITS_MASK))
            & (segment.get(WORD, offset + 16) >>> ((bits >>> 12) & WORD_BITS_MASK))
            & (segment.get(WORD, offset + 24) >>> ((bits >>> 18) & WORD_BITS_MASK));
    return (first & 1) != 0 && allSet(offset + 32, bits >>> 24);
  }

  /** Whether the bits of the second half of a block are set. */
  private boolean allSet(long half, long halfBits) {
    long bits = halfBits;
    for (long at = half; at < half + BLOCK_BYTES / 2; at += Long.BYTES, bits >>>= 6) {
      if (((segment.get(WORD, at) >>> (bits & WORD_BITS_MASK)) & 1) == 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Blocks ascend with prefixes, which are uniform already: a run is written in that order, so that
   * each block is filled while it is in the processor's cache.
   */
  private long block(long prefix) {
    return (((prefix >>> (RunChunk.PREFIX_BITS - 32)) * blocks) >>> 32) * BLOCK_BYTES;
  }

  // Eight times six bits.
  private static long mix(long prefix) {
    long x = prefix * 0xff51afd7ed558ccdL;
    x = (x ^ (x >>> 32)) * 0xc4ceb9fe1a85ec53L;
    return x ^ (x >>> 29);
  }

  /** A view of a range, for storing it. */
  ByteBuffer slice(long offset, int length) {
    return segment.asSlice(offset, length).asByteBuffer();
  }

  void load(long offset, ByteBuffer bytes) {
    MemorySegment.copy(MemorySegment.ofBuffer(bytes), 0, segment, offset, bytes.remaining());
  }

  @Override
  public void close() {
    arena.close();
  }
}
