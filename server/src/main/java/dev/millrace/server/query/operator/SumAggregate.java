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
  public void update(int[] cells, Selection selection, ValueVector vector, EventBlock block) {
    if (Aggregates.noNumbers(vector)) {
      return;
    }
    int[] rows = selection.rows();
    double[] numbers = vector.numbers();
    byte[] kinds = vector.kinds();
    for (int i = 0; i < selection.size(); i++) {
      int row = rows[i];
      if (kinds == null || kinds[row] == Kind.NUMBER.ordinal()) {
        add(cells[row], numbers[row]);
        counts[cells[row]]++;
      }
    }
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
