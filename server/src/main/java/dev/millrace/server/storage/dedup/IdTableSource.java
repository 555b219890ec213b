package dev.millrace.server.storage.dedup;

import dev.millrace.server.storage.table.TableReader;
import java.util.Arrays;

/**
 * The ids of a table in order. Hashes stray from their home slots only within a cluster of used
 * slots, so each cluster is sorted by itself.
 */
final class IdTableSource implements IdSource {
  private final IdTable table;
  private int slot;
  private int[] cluster = new int[16];
  private int clusterSize;
  private int index = -1;

  IdTableSource(IdTable table) {
    this.table = table;
  }

  @Override
  public boolean next(TableReader tables) {
    index++;
    return index < clusterSize || readCluster();
  }

  private boolean readCluster() {
    int slots = table.slots();
    while (slot < slots && !table.used(slot)) {
      slot++;
    }
    clusterSize = 0;
    index = 0;
    for (; slot < slots && table.used(slot); slot++) {
      if (clusterSize == cluster.length) {
        cluster = Arrays.copyOf(cluster, clusterSize * 2);
      }
      cluster[clusterSize++] = slot;
    }
    sort();
    return clusterSize > 0;
  }

  // Clusters are short and nearly in order, which insertion sort is best at; one made long by equal
  // hashes is in order already.
  private void sort() {
    for (int i = 1; i < clusterSize; i++) {
      int moved = cluster[i];
      int at = i;
      while (at > 0 && Long.compareUnsigned(table.hash(cluster[at - 1]), table.hash(moved)) > 0) {
        cluster[at] = cluster[at - 1];
        at--;
      }
      cluster[at] = moved;
    }
  }

  @Override
  public long prefix() {
    return RunChunk.prefix(table.hash(cluster[index]));
  }

  @Override
  public long ordinal() {
    return table.ordinal(cluster[index]);
  }
}
