package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import java.util.Arrays;

/** Events, or events that have a field; as they are or by the second. */
final class CountAggregate implements Aggregate {
  private final boolean hasField;
  private final boolean rate;
  private long[] counts = new long[0];

  CountAggregate(boolean hasField, boolean rate) {
    this.hasField = hasField;
    this.rate = rate;
  }

  @Override
  public void reserve(int cells) {
    if (cells > counts.length) {
      counts = Arrays.copyOf(counts, Aggregates.capacity(counts.length, cells));
    }
  }

  @Override
  public void update(RowCells cells, Selection selection, ValueVector vector, EventBlock block) {
    int size = selection.size();
    byte[] kinds = vector.kinds();
    if (size == 0) {
      return;
    }
    if (hasField && kinds == null) {
      Kind kind = vector.kind(0);
      if (kind == Kind.MISSING || kind == Kind.NULL) {
        return;
      }
    }
    int[] byRow = cells.byRow();
    if (hasField && kinds != null) {
      for (int i = 0; i < size; i++) {
        int row = selection.row(i);
        byte kind = kinds[row];
        counts[cells.cell(row)] +=
            kind != Kind.MISSING.ordinal() && kind != Kind.NULL.ordinal() ? 1 : 0;
      }
    } else if (byRow == null) {
      counts[cells.one()] += size;
    } else if (selection.isRange()) {
      int end = selection.first() + size;
      for (int row = selection.first(); row < end; row++) {
        counts[byRow[row]]++;
      }
    } else {
      for (int i = 0; i < size; i++) {
        counts[byRow[selection.row(i)]]++;
      }
    }
  }

  @Override
  public void merge(int into, Aggregate other, int from) {
    counts[into] += ((CountAggregate) other).counts[from];
  }

  @Override
  public Figure figure(int cell, double seconds) {
    if (!rate) {
      return Figure.of((double) counts[cell]);
    }
    return counts[cell] == 0 || !(seconds > 0) ? Figure.ABSENT : Figure.of(counts[cell] / seconds);
  }
}
