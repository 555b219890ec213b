package dev.millrace.server.query.operator;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Different values. */
final class UniqueAggregate implements Aggregate {
  private @Nullable DistinctSet[] sets = new DistinctSet[0];

  @Override
  public void reserve(int cells) {
    if (cells > sets.length) {
      sets = Arrays.copyOf(sets, Aggregates.capacity(sets.length, cells));
    }
  }

  @Override
  public void update(int[] cells, Selection selection, ValueVector vector, EventBlock block) {
    ValueHashes hashes = new ValueHashes(vector);
    // A code that was last added to the same cell needn't be added again.
    int[] lastCell = new int[vector.hasCodes() ? vector.dictionary().size() : 0];
    Arrays.fill(lastCell, -1);
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      int cell = cells[row];
      switch (vector.kind(row)) {
        case MISSING, NULL -> {
          continue;
        }
        case TEXT, LIST -> {
          int code = vector.code(row);
          if (lastCell[code] == cell) {
            continue;
          }
          lastCell[code] = cell;
        }
        case BOOLEAN, NUMBER, EMPTY_OBJECT -> {}
      }
      set(cell).add(hashes.hash(row));
    }
  }

  private DistinctSet set(int cell) {
    DistinctSet set = sets[cell];
    if (set == null) {
      set = new DistinctSet();
      sets[cell] = set;
    }
    return set;
  }

  @Override
  public void merge(int into, Aggregate other, int from) {
    DistinctSet that = ((UniqueAggregate) other).sets[from];
    if (that != null) {
      set(into).merge(that);
    }
  }

  @Override
  public Figure figure(int cell, double seconds) {
    DistinctSet set = sets[cell];
    return set == null ? Figure.of(0) : set.figure();
  }
}
