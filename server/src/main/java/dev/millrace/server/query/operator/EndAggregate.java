package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The value at the earliest or latest event that has one, by (time, sequence); shards that tie
 * count in their order. A boolean counts as 0 or 1, a list as its JSON text.
 */
final class EndAggregate implements Aggregate {
  private final boolean last;
  private long[] times = new long[0];
  private long[] sequences = new long[0];
  private @Nullable Object[] values = new Object[0];

  /** Rows of the current block whose values are still to be taken, by cell. */
  private int[] pending = new int[0];

  EndAggregate(boolean last) {
    this.last = last;
  }

  @Override
  public void reserve(int cells) {
    if (cells > times.length) {
      int before = times.length;
      int capacity = Aggregates.capacity(before, cells);
      times = Arrays.copyOf(times, capacity);
      sequences = Arrays.copyOf(sequences, capacity);
      values = Arrays.copyOf(values, capacity);
      pending = Arrays.copyOf(pending, capacity);
      Arrays.fill(pending, before, capacity, -1);
    }
  }

  @Override
  public void update(RowCells cells, Selection selection, ValueVector vector, EventBlock block) {
    long[] blockTimes = block.times();
    long[] blockSequences = block.sequences();
    int[] touched = new int[selection.size()];
    int touchedSize = 0;
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      Kind kind = vector.kind(row);
      if (kind == Kind.MISSING || kind == Kind.NULL) {
        continue;
      }
      int cell = cells.cell(row);
      boolean empty = pending[cell] < 0 && values[cell] == null;
      if (empty || wins(blockTimes[row], blockSequences[row], cell)) {
        times[cell] = blockTimes[row];
        sequences[cell] = blockSequences[row];
        if (pending[cell] < 0) {
          touched[touchedSize++] = cell;
        }
        pending[cell] = row;
      }
    }
    for (int i = 0; i < touchedSize; i++) {
      int cell = touched[i];
      values[cell] = value(vector, pending[cell]);
      pending[cell] = -1;
    }
  }

  private boolean wins(long time, long sequence, int cell) {
    int order = Long.compare(time, times[cell]);
    if (order == 0) {
      order = Long.compare(sequence, sequences[cell]);
    }
    return last ? order >= 0 : order < 0;
  }

  private static Object value(ValueVector vector, int row) {
    return switch (vector.kind(row)) {
      case TEXT -> vector.dictionary().text(vector.code(row));
      case LIST -> JsonText.of(vector.dictionary().list(vector.code(row)));
      case BOOLEAN, NUMBER -> vector.number(row);
      case EMPTY_OBJECT -> "{}";
      case MISSING, NULL -> throw new IllegalStateException("no value at row " + row);
    };
  }

  @Override
  public void merge(int into, Aggregate other, int from) {
    EndAggregate that = (EndAggregate) other;
    Object value = that.values[from];
    if (value != null
        && (values[into] == null || wins(that.times[from], that.sequences[from], into))) {
      times[into] = that.times[from];
      sequences[into] = that.sequences[from];
      values[into] = value;
    }
  }

  @Override
  public Figure figure(int cell, double seconds) {
    return new Figure(values[cell], null);
  }
}
