package dev.millrace.server.storage.dedup;

import java.util.Arrays;

/**
 * Prefixes with ordinals in memory, eight bytes a slot. The slot of a prefix grows with the prefix
 * and probing never wraps around, so that walking the slots meets the prefixes nearly in order: it
 * is written out as a sorted run without ever being sorted as a whole.
 *
 * <p>Equal prefixes may be added more than once. Not thread-safe.
 */
final class IdTable {
  private static final int INITIAL_BITS = 10;
  private static final int SLACK = 64;
  private static final int OFFSET_BITS = Long.SIZE - IdPrefix.BITS;
  private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;

  private final long base;
  // The prefix, then the ordinal minus the base plus one, so that zero marks a free slot.
  private long[] entries;
  private int bits = INITIAL_BITS;
  private int size;

  /**
   * @param base no ordinal is less than that
   */
  IdTable(long base) {
    this.base = base;
    entries = new long[(1 << bits) + SLACK];
  }

  int size() {
    return size;
  }

  long base() {
    return base;
  }

  long memoryBytes() {
    return 8L * entries.length;
  }

  /** The slots; {@link #prefix(long)} and {@link #ordinal(long)} say what is in one, 0 is free. */
  long[] entries() {
    return entries;
  }

  static long prefix(long entry) {
    return entry >>> OFFSET_BITS;
  }

  long ordinal(long entry) {
    return base + (entry & OFFSET_MASK) - 1;
  }

  /** Adds the ids of successive events. */
  void addAll(long[] prefixes, int count, long firstOrdinal) {
    while (size + count > entries.length / 2) {
      grow();
    }
    long offset = firstOrdinal - base + 1;
    if (offset + count > OFFSET_MASK) {
      throw new IllegalStateException("a table that spans more than %,d ids".formatted(offset));
    }
    for (int i = 0; i < count; i++) {
      place(prefixes[i] << OFFSET_BITS | (offset + i));
    }
    size += count;
  }

  private void place(long entry) {
    long[] to = entries;
    int slot = home(prefix(entry));
    while (slot < to.length && to[slot] != 0) {
      slot++;
    }
    if (slot == to.length) {
      // A cluster ran over the end: more slack, since wrapping around would break the order.
      to = Arrays.copyOf(to, slot + Math.max(SLACK, slot / 8));
      entries = to;
    }
    to[slot] = entry;
  }

  private int home(long prefix) {
    return (int) (prefix >>> (IdPrefix.BITS - bits));
  }

  private void grow() {
    long[] old = entries;
    bits++;
    entries = new long[(1 << bits) + SLACK];
    for (long entry : old) {
      if (entry != 0) {
        place(entry);
      }
    }
  }

  /**
   * Sets the marks of prefixes that the table has to 1. First reads all home slots without deciding
   * anything, so that the processor waits for many of them at a time.
   *
   * @param buffer as long as the prefixes at least
   */
  void mark(long[] prefixes, int count, byte[] marks, long[] buffer) {
    long[] from = entries;
    for (int i = 0; i < count; i++) {
      buffer[i] = from[home(prefixes[i])];
    }
    for (int i = 0; i < count; i++) {
      if (buffer[i] != 0 && contains(prefixes[i])) {
        marks[i] = 1;
      }
    }
  }

  private boolean contains(long prefix) {
    long[] from = entries;
    for (int slot = home(prefix); slot < from.length && from[slot] != 0; slot++) {
      if (prefix(from[slot]) == prefix) {
        return true;
      }
    }
    return false;
  }

  /** Visits the ordinals of a prefix; returns whether to go on looking elsewhere. */
  boolean find(long prefix, Candidates candidates) {
    long[] from = entries;
    for (int slot = home(prefix); slot < from.length && from[slot] != 0; slot++) {
      if (prefix(from[slot]) == prefix && !candidates.visit(ordinal(from[slot]))) {
        return false;
      }
    }
    return true;
  }
}
