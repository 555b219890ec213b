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
  public void update(int[] cells, Selection selection, ValueVector vector, EventBlock block) {
    int[] rows = selection.rows();
    int size = selection.size();
    byte[] kinds = vector.kinds();
    if (hasField && kinds == null && size > 0) {
      Kind kind = vector.kind(0);
      if (kind == Kind.MISSING || kind == Kind.NULL) {
        return;
      }
    }
    if (!hasField || kinds == null) {
      for (int i = 0; i < size; i++) {
        counts[cells[rows[i]]]++;
      }
      return;
    }
    for (int i = 0; i < size; i++) {
      int row = rows[i];
      byte kind = kinds[row];
      if (kind != Kind.MISSING.ordinal() && kind != Kind.NULL.ordinal()) {
        counts[cells[row]]++;
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
