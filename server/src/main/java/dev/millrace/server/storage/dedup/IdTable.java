package dev.millrace.server.storage.dedup;

import java.util.Arrays;

/**
 * Hashes with ordinals in memory, 12 bytes a slot. The slot of a hash grows with the hash and
 * probing never wraps around, so that walking the slots meets the hashes nearly in order: it is
 * written out as a sorted run without ever being sorted as a whole.
 *
 * <p>Equal hashes may be added more than once. Not thread-safe.
 */
final class IdTable {
  private static final int INITIAL_BITS = 10;
  private static final int SLACK = 64;

  private final long base;
  private long[] hashes;
  // The ordinal minus the base plus one; zero marks a free slot.
  private int[] offsets;
  private int bits = INITIAL_BITS;
  private int size;

  /**
   * @param base no ordinal is less than that
   */
  IdTable(long base) {
    this.base = base;
    hashes = new long[(1 << bits) + SLACK];
    offsets = new int[hashes.length];
  }

  int size() {
    return size;
  }

  long base() {
    return base;
  }

  int slots() {
    return offsets.length;
  }

  long memoryBytes() {
    return 12L * offsets.length;
  }

  void add(long hash, long ordinal) {
    if (size >= (1 << bits) / 8 * 5) {
      grow();
    }
    place(hash, Math.toIntExact(ordinal - base + 1));
    size++;
  }

  private void place(long hash, int offset) {
    int slot = home(hash);
    while (true) {
      if (slot == offsets.length) {
        // A cluster ran over the end: more slack, since wrapping around would break the order.
        hashes = Arrays.copyOf(hashes, slot + Math.max(SLACK, slot / 8));
        offsets = Arrays.copyOf(offsets, hashes.length);
      }
      if (offsets[slot] == 0) {
        hashes[slot] = hash;
        offsets[slot] = offset;
        return;
      }
      slot++;
    }
  }

  private int home(long hash) {
    return (int) (hash >>> (64 - bits));
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldOffsets = offsets;
    bits++;
    hashes = new long[(1 << bits) + SLACK];
    offsets = new int[hashes.length];
    for (int i = 0; i < oldOffsets.length; i++) {
      if (oldOffsets[i] != 0) {
        place(oldHashes[i], oldOffsets[i]);
      }
    }
  }

  boolean contains(long hash) {
    for (int slot = home(hash); slot < offsets.length && offsets[slot] != 0; slot++) {
      if (hashes[slot] == hash) {
        return true;
      }
    }
    return false;
  }

  /** Visits the ordinals of a hash; returns whether to go on looking elsewhere. */
  boolean find(long hash, Candidates candidates) {
    for (int slot = home(hash); slot < offsets.length && offsets[slot] != 0; slot++) {
      if (hashes[slot] == hash && !candidates.visit(base + offsets[slot] - 1)) {
        return false;
      }
    }
    return true;
  }

  boolean used(int slot) {
    return offsets[slot] != 0;
  }

  long hash(int slot) {
    return hashes[slot];
  }

  long ordinal(int slot) {
    return base + offsets[slot] - 1;
  }
}
