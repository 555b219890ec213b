package dev.millrace.server.storage.dedup;

import dev.millrace.server.storage.table.TableReader;
import java.util.Arrays;

/**
 * The ids of a table in order. Prefixes stray from their home slots only within a cluster of used
 * slots, so slots are sorted piece by piece, each up to the end of a cluster.
 */
final class IdTableSource implements IdSource {
  private static final int SLOTS_AT_A_TIME = 1024;

  /** Insertion sort is best at what is nearly in order; with more moves than that it isn't. */
  private static final int MOVES_PER_ENTRY_MAX = 8;

  private final IdTable table;
  private final long[] entries;
  private int slot;
  private long[] sorted = new long[SLOTS_AT_A_TIME * 2];
  private int size;
  private int taken;

  IdTableSource(IdTable table) {
    this.table = table;
    this.entries = table.entries();
  }

  @Override
  public int fill(TableReader tables, long[] prefixes, long[] ordinals, int max) {
    while (taken == size && slot < entries.length) {
      readSlots();
      sort();
    }
    int count = Math.min(max, size - taken);
    for (int i = 0; i < count; i++) {
      long entry = sorted[taken + i];
      prefixes[i] = IdTable.prefix(entry);
      ordinals[i] = table.ordinal(entry);
    }
    taken += count;
    return count;
  }

  private void readSlots() {
    int end = Math.min(entries.length, slot + SLOTS_AT_A_TIME);
    int count = 0;
    // Half of the slots are free, at random, so whether one is can't be a branch.
    for (int i = slot; i < end; i++) {
      long entry = entries[i];
      sorted[count] = entry;
      count += entry != 0 ? 1 : 0;
    }
    for (; end < entries.length && entries[end] != 0; end++) {
      if (count == sorted.length) {
        sorted = Arrays.copyOf(sorted, count * 2);
      }
      sorted[count++] = entries[end];
    }
    slot = end;
    size = count;
    taken = 0;
  }

  // By prefix and then by ordinal, which is the order of the entries as unsigned numbers.
  private void sort() {
    int moves = size * MOVES_PER_ENTRY_MAX;
    for (int i = 1; i < size && moves >= 0; i++) {
      long moved = sorted[i];
      int at = i;
      for (; at > 0 && Long.compareUnsigned(sorted[at - 1], moved) > 0 && moves >= 0; at--) {
        sorted[at] = sorted[at - 1];
        moves--;
      }
      sorted[at] = moved;
    }
    if (moves < 0) {
      flip();
      Arrays.sort(sorted, 0, size);
      flip();
    }
  }

  private void flip() {
    for (int i = 0; i < size; i++) {
      sorted[i] ^= Long.MIN_VALUE;
    }
  }
}
