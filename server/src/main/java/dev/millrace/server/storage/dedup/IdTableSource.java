package dev.millrace.server.storage.dedup;

import dev.millrace.server.storage.table.TableReader;
import java.util.Arrays;

/**
 * The ids of a table in order. Prefixes stray from their home slots only within a cluster of used
 * slots, so each cluster is sorted by itself.
 */
final class IdTableSource implements IdSource {
  /** Below that, insertion sort is faster. */
  private static final int LONG_CLUSTER = 48;

  private final IdTable table;
  private final long[] entries;
  private int slot;
  private long[] cluster = new long[16];
  private int clusterSize;
  private int index = -1;

  IdTableSource(IdTable table) {
    this.table = table;
    this.entries = table.entries();
  }

  @Override
  public boolean next(TableReader tables) {
    index++;
    return index < clusterSize || readCluster();
  }

  private boolean readCluster() {
    int at = slot;
    while (at < entries.length && entries[at] == 0) {
      at++;
    }
    int size = 0;
    for (; at < entries.length && entries[at] != 0; at++) {
      if (size == cluster.length) {
        cluster = Arrays.copyOf(cluster, size * 2);
      }
      cluster[size++] = entries[at];
    }
    slot = at;
    clusterSize = size;
    index = 0;
    sort(size);
    return size > 0;
  }

  // By prefix and then by ordinal, which is the order of the entries as unsigned numbers.
  private void sort(int size) {
    for (int i = 0; i < size; i++) {
      cluster[i] ^= Long.MIN_VALUE;
    }
    if (size > LONG_CLUSTER) {
      Arrays.sort(cluster, 0, size);
    } else {
      insertionSort(size);
    }
    for (int i = 0; i < size; i++) {
      cluster[i] ^= Long.MIN_VALUE;
    }
  }

  private void insertionSort(int size) {
    for (int i = 1; i < size; i++) {
      long moved = cluster[i];
      int at = i;
      while (at > 0 && cluster[at - 1] > moved) {
        cluster[at] = cluster[at - 1];
        at--;
      }
      cluster[at] = moved;
    }
  }

  @Override
  public long prefix() {
    return IdTable.prefix(cluster[index]);
  }

  @Override
  public long ordinal() {
    return table.ordinal(cluster[index]);
  }
}
