package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import java.util.Arrays;

/** Smallest and largest numbers. */
final class ExtremeAggregate implements Aggregate {
  private final double sign;

  /** The largest number of each cell, times the sign; minus infinity over nothing. */
  private double[] largest = new double[0];

  ExtremeAggregate(boolean max) {
    sign = max ? 1 : -1;
  }

  @Override
  public void reserve(int cells) {
    if (cells > largest.length) {
      int before = largest.length;
      largest = Arrays.copyOf(largest, Aggregates.capacity(before, cells));
      Arrays.fill(largest, before, largest.length, Double.NEGATIVE_INFINITY);
    }
  }

  @Override
  public void update(RowCells cells, Selection selection, ValueVector vector, EventBlock block) {
    if (Aggregates.noNumbers(vector)) {
      return;
    }
    double[] numbers = vector.numbers();
    byte[] kinds = vector.kinds();
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      if (kinds == null || kinds[row] == Kind.NUMBER.ordinal()) {
        double number = sign * numbers[row];
        if (number > largest[cells.cell(row)]) {
          largest[cells.cell(row)] = number;
        }
      }
    }
  }

  @Override
  public void merge(int into, Aggregate other, int from) {
    largest[into] = Math.max(largest[into], ((ExtremeAggregate) other).largest[from]);
  }

  @Override
  public Figure figure(int cell, double seconds) {
    // Adding zero turns minus zero into zero.
    return largest[cell] == Double.NEGATIVE_INFINITY
        ? Figure.ABSENT
        : Figure.of(sign * largest[cell] + 0.0);
  }
}
