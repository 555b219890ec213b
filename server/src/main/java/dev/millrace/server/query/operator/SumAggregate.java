package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import java.util.Arrays;

/**
 * Sums and means. What each addition rounds off is summed as well (Knuth's two-sum), so that the
 * result hardly depends on the order of the numbers.
 */
final class SumAggregate implements Aggregate {
  private final boolean mean;
  private double[] sums = new double[0];
  private double[] errors = new double[0];
  private long[] counts = new long[0];

  SumAggregate(boolean mean) {
    this.mean = mean;
  }

  @Override
  public void reserve(int cells) {
    if (cells > sums.length) {
      int capacity = Aggregates.capacity(sums.length, cells);
      sums = Arrays.copyOf(sums, capacity);
      errors = Arrays.copyOf(errors, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
  }

  @Override
  public void update(RowCells cells, Selection selection, ValueVector vector, EventBlock block) {
    if (Aggregates.noNumbers(vector)) {
      return;
    }
    double[] numbers = vector.numbers();
    byte[] kinds = vector.kinds();
    int[] byRow = cells.byRow();
    if (kinds == null && selection.isRange()) {
      int end = selection.first() + selection.size();
      if (byRow == null) {
        addRange(cells.one(), numbers, selection.first(), end);
      } else {
        for (int row = selection.first(); row < end; row++) {
          add(byRow[row], numbers[row]);
          counts[byRow[row]]++;
        }
      }
      return;
    }
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      if (kinds == null || kinds[row] == Kind.NUMBER.ordinal()) {
        add(cells.cell(row), numbers[row]);
        counts[cells.cell(row)]++;
      }
    }
  }

  /** Adds numbers that all go to one cell: two sums side by side, since each waits for itself. */
  private void addRange(int cell, double[] numbers, int from, int to) {
    double sumA = 0;
    double sumB = 0;
    double errorA = 0;
    double errorB = 0;
    int row = from;
    for (; row + 1 < to; row += 2) {
      double a = numbers[row];
      double totalA = sumA + a;
      double addedA = totalA - sumA;
      errorA += (sumA - (totalA - addedA)) + (a - addedA);
      sumA = totalA;
      double b = numbers[row + 1];
      double totalB = sumB + b;
      double addedB = totalB - sumB;
      errorB += (sumB - (totalB - addedB)) + (b - addedB);
      sumB = totalB;
    }
    if (row < to) {
      add(cell, numbers[row]);
    }
    add(cell, sumA);
    add(cell, sumB);
    errors[cell] += errorA + errorB;
    counts[cell] += to - from;
  }

  private void add(int cell, double number) {
    double sum = sums[cell];
    double total = sum + number;
    double added = total - sum;
    errors[cell] += (sum - (total - added)) + (number - added);
    sums[cell] = total;
  }

  @Override
  public void merge(int into, Aggregate other, int from) {
    SumAggregate that = (SumAggregate) other;
    add(into, that.sums[from]);
    errors[into] += that.errors[from];
    counts[into] += that.counts[from];
  }

  @Override
  public Figure figure(int cell, double seconds) {
    double sum = sums[cell] + errors[cell];
    // Beyond the range of doubles the error makes no sense.
    double result = Double.isNaN(sum) ? sums[cell] : sum;
    if (!mean) {
      return Figure.of(result);
    }
    return counts[cell] == 0 ? Figure.ABSENT : Figure.of(result / counts[cell]);
  }
}
