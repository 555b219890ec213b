package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import java.util.Arrays;

/** Standard deviations of samples, by Welford's method and merged by Chan's. */
final class DeviationAggregate implements Aggregate {
  private long[] counts = new long[0];
  private double[] means = new double[0];
  private double[] squares = new double[0];

  @Override
  public void reserve(int cells) {
    if (cells > counts.length) {
      int capacity = Aggregates.capacity(counts.length, cells);
      counts = Arrays.copyOf(counts, capacity);
      means = Arrays.copyOf(means, capacity);
      squares = Arrays.copyOf(squares, capacity);
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
        int cell = cells.cell(row);
        long count = ++counts[cell];
        double delta = numbers[row] - means[cell];
        means[cell] += delta / count;
        squares[cell] += delta * (numbers[row] - means[cell]);
      }
    }
  }

  @Override
  public void merge(int into, Aggregate other, int from) {
    DeviationAggregate that = (DeviationAggregate) other;
    long count = counts[into] + that.counts[from];
    if (that.counts[from] == 0) {
      return;
    }
    double delta = that.means[from] - means[into];
    double share = (double) that.counts[from] / count;
    squares[into] += that.squares[from] + delta * delta * counts[into] * share;
    means[into] += delta * share;
    counts[into] = count;
  }

  @Override
  public Figure figure(int cell, double seconds) {
    return counts[cell] < 2
        ? Figure.ABSENT
        : Figure.of(Math.sqrt(squares[cell] / (counts[cell] - 1)));
  }
}
