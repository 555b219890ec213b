package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.vector.PerDictionary;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Different values. */
final class UniqueAggregate implements Aggregate {
  private final PerDictionary<SeenCodes> seen = new PerDictionary<>(SeenCodes::new);
  private @Nullable DistinctSet[] sets = new DistinctSet[0];

  @Override
  public void reserve(int cells) {
    if (cells > sets.length) {
      sets = Arrays.copyOf(sets, Aggregates.capacity(sets.length, cells));
    }
  }

  @Override
  public void update(RowCells cells, Selection selection, ValueVector vector, EventBlock block) {
    if (vector.hasCodes() && vector.uniform()) {
      codes(cells, selection, vector, seen.of(vector.dictionary()));
      return;
    }
    ValueHashes hashes = new ValueHashes(vector);
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      int cell = cells.cell(row);
      switch (vector.kind(row)) {
        case MISSING, NULL -> {}
        case TEXT, LIST -> {
          int code = vector.code(row);
          SeenCodes codes = seen.of(vector.dictionary());
          if (codes.first(cell, code)) {
            set(cell).add(codes.hash(code, vector.kind(row)));
          }
        }
        case BOOLEAN, NUMBER, EMPTY_OBJECT -> set(cell).add(hashes.hash(row));
      }
    }
  }

  private void codes(RowCells cells, Selection selection, ValueVector vector, SeenCodes codes) {
    if (selection.isEmpty()) {
      return;
    }
    Kind kind = vector.kind(0);
    byte[] narrow = vector.narrowCodes();
    int[] wide = narrow == null ? vector.codes() : null;
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      int cell = cells.cell(row);
      int code = wide == null ? vector.code(row) : wide[row];
      if (codes.first(cell, code)) {
        set(cell).add(codes.hash(code, kind));
      }
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
