package dev.millrace.server.storage.dedup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Says of most prefixes that a run hasn't got them: a Bloom filter in blocks of one cache line
 * (Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007), with five
 * bits for a prefix. At 16 bits an id about one of 600 others gets through. Lies off the heap and
 * is made from the run, never stored.
 *
 * <p>Not thread-safe.
 */
final class RunFilter implements AutoCloseable {
  private static final int BITS_PER_ID = 16;
  private static final int BLOCK_BYTES = 64;

  /** Their blocks fit into half of the smallest first-level cache. */
  private static final int AT_A_TIME = 128;

  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

  private final Arena arena;
  private final MemorySegment segment;
  private final long blocks;

  // Only written, so that what was read counts as used.
  @SuppressWarnings("unused")
  private long touched;

  /** An empty filter. */
  @SuppressWarnings("MustBeClosedChecker") // closed by close()
  RunFilter(long ids) {
    this.blocks = Math.max(1, (ids * BITS_PER_ID + BLOCK_BYTES * 8 - 1) / (BLOCK_BYTES * 8));
    this.arena = Arena.ofShared();
    this.segment = arena.allocate(blocks * BLOCK_BYTES, BLOCK_BYTES);
  }

  long bytes() {
    return segment.byteSize();
  }

  void addAll(long[] prefixes, int count) {
    for (int i = 0; i < count; i++) {
      add(prefixes[i]);
    }
  }

  private void add(long prefix) {
    long block = block(prefix);
    long bits = mix(prefix);
    set(block, bits);
    set(block, bits >>> 9);
    set(block, bits >>> 18);
    set(block, bits >>> 27);
    set(block, bits >>> 36);
  }

  // Nine bits choose one of 512: six of them within a word, three the word.
  private void set(long block, long bits) {
    long at = block + ((bits >>> 3) & 0x38);
    segment.set(WORD, at, segment.get(WORD, at) | 1L << bits);
  }

  /**
   * Sets the marks of prefixes that the run may have to 1. Touches the blocks of some prefixes in a
   * short loop that decides nothing, so that the processor waits for many of them at a time, and
   * looks at them after.
   */
  void mark(long[] prefixes, int count, byte[] marks) {
    for (int from = 0; from < count; from += AT_A_TIME) {
      int to = Math.min(count, from + AT_A_TIME);
      long words = 0;
      for (int i = from; i < to; i++) {
        words ^= segment.get(WORD, block(prefixes[i]));
      }
      touched ^= words;
      for (int i = from; i < to; i++) {
        marks[i] |= (byte) get(prefixes[i]);
      }
    }
  }

  boolean mayContain(long prefix) {
    return get(prefix) != 0;
  }

  private long get(long prefix) {
    long block = block(prefix);
    long bits = mix(prefix);
    return bit(block, bits)
        & bit(block, bits >>> 9)
        & bit(block, bits >>> 18)
        & bit(block, bits >>> 27)
        & bit(block, bits >>> 36)
        & 1;
  }

  private long bit(long block, long bits) {
    return segment.get(WORD, block + ((bits >>> 3) & 0x38)) >>> bits;
  }

  /**
   * Blocks ascend with prefixes, which are uniform already: a run is written in that order, so that
   * each block is filled while it is in the processor's cache.
   */
  private long block(long prefix) {
    return (((prefix >>> (IdPrefix.BITS - 32)) * blocks) >>> 32) * BLOCK_BYTES;
  }

  // Five times nine bits.
  private static long mix(long prefix) {
    long x = prefix * 0xff51afd7ed558ccdL;
    x = (x ^ (x >>> 32)) * 0xc4ceb9fe1a85ec53L;
    return (x ^ (x >>> 29)) >>> 16;
  }

  @Override
  public void close() {
    arena.close();
  }
}
