package dev.millrace.server.query.operator;

import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.hll.TgtHllType;
import org.jspecify.annotations.Nullable;

/**
 * Different 64-bit hashes: kept as they are up to {@link #EXACT_MAX}, then as a HyperLogLog sketch.
 * Whether it is a sketch depends on what was added only, not on the order. Not thread-safe.
 */
public final class DistinctSet {
  /** The most values that are counted exactly. */
  public static final int EXACT_MAX = 4_096;

  private static final int LG_K = 14;
  private static final int STANDARD_DEVIATIONS = 2;

  /** Open addressing; 0 is free, the hash 0 is kept apart. */
  private long[] table = new long[4];

  private int size;
  private boolean zero;
  private @Nullable HllSketch sketch;

  public void add(long hash) {
    if (sketch != null) {
      sketch.update(hash);
    } else if (hash == 0) {
      if (!zero) {
        zero = true;
        grown();
      }
    } else {
      insert(hash);
    }
  }

  private void insert(long hash) {
    int mask = table.length - 1;
    int slot = (int) (hash ^ (hash >>> 32)) & mask;
    while (table[slot] != 0) {
      if (table[slot] == hash) {
        return;
      }
      slot = (slot + 1) & mask;
    }
    table[slot] = hash;
    grown();
  }

  private void grown() {
    size++;
    if (size > EXACT_MAX) {
      HllSketch made = new HllSketch(LG_K, TgtHllType.HLL_8);
      addAll(made);
      sketch = made;
      table = new long[0];
    } else if (size * 4 > table.length * 3) {
      long[] old = table;
      table = new long[old.length * 2];
      int mask = table.length - 1;
      for (long hash : old) {
        if (hash != 0) {
          int slot = (int) (hash ^ (hash >>> 32)) & mask;
          while (table[slot] != 0) {
            slot = (slot + 1) & mask;
          }
          table[slot] = hash;
        }
      }
    }
  }

  private void addAll(HllSketch target) {
    if (zero) {
      target.update(0L);
    }
    for (long hash : table) {
      if (hash != 0) {
        target.update(hash);
      }
    }
  }

  /** Adds all of another set. */
  public void merge(DistinctSet other) {
    if (other.sketch == null) {
      if (other.zero) {
        add(0);
      }
      for (long hash : other.table) {
        if (hash != 0) {
          add(hash);
        }
      }
      return;
    }
    HllUnion union = new HllUnion(LG_K);
    union.update(other.sketch);
    if (sketch != null) {
      union.update(sketch);
    }
    HllSketch merged = union.getResult(TgtHllType.HLL_8);
    if (sketch == null) {
      addAll(merged);
      table = new long[0];
    }
    sketch = merged;
  }

  /** How many there are, with bounds if it is an estimate. */
  public Figure figure() {
    if (sketch == null) {
      return Figure.of(size);
    }
    double estimate = sketch.getEstimate();
    return new Figure(
        estimate,
        new Figure.Bounds(
            sketch.getLowerBound(STANDARD_DEVIATIONS), sketch.getUpperBound(STANDARD_DEVIATIONS)));
  }
}
