package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import java.util.Arrays;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.quantilescommon.QuantileSearchCriteria;
import org.jspecify.annotations.Nullable;

/**
 * Nearest-rank quantiles: of the numbers themselves up to a number of them, then of a KLL sketch.
 */
final class QuantileAggregate implements Aggregate {
  private static final int EXACT_MAX = 4_096;
  private static final int K = 300;

  private final double quantile;

  /** Whose numbers these are: another quantile's of the same numbers, or its own. */
  private final QuantileAggregate owner;

  private @Nullable Numbers[] cellsNumbers = new Numbers[0];

  QuantileAggregate(double quantile) {
    this.quantile = quantile;
    this.owner = this;
  }

  private QuantileAggregate(double quantile, QuantileAggregate owner) {
    this.quantile = quantile;
    this.owner = owner;
  }

  /** Another quantile of the same numbers, which are kept, filled and merged by this one only. */
  QuantileAggregate sharing(double other) {
    return new QuantileAggregate(other, owner);
  }

  @Override
  public void reserve(int cells) {
    if (owner == this && cells > cellsNumbers.length) {
      cellsNumbers = Arrays.copyOf(cellsNumbers, Aggregates.capacity(cellsNumbers.length, cells));
    }
  }

  @Override
  public void update(RowCells cells, Selection selection, ValueVector vector, EventBlock block) {
    if (owner != this || Aggregates.noNumbers(vector)) {
      return;
    }
    double[] numbers = vector.numbers();
    byte[] kinds = vector.kinds();
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      if (kinds == null || kinds[row] == Kind.NUMBER.ordinal()) {
        numbers(cells.cell(row)).add(numbers[row]);
      }
    }
  }

  private Numbers numbers(int cell) {
    Numbers numbers = cellsNumbers[cell];
    if (numbers == null) {
      numbers = new Numbers();
      cellsNumbers[cell] = numbers;
    }
    return numbers;
  }

  @Override
  public void merge(int into, Aggregate other, int from) {
    if (owner != this) {
      return;
    }
    Numbers that = ((QuantileAggregate) other).cellsNumbers[from];
    if (that != null) {
      numbers(into).merge(that);
    }
  }

  @Override
  public Figure figure(int cell, double seconds) {
    Numbers numbers = owner.cellsNumbers[cell];
    return numbers == null ? Figure.ABSENT : numbers.figure(quantile);
  }

  /** The numbers of one cell. */
  private static final class Numbers {
    private double[] exact = new double[4];
    private int size;
    private @Nullable KllDoublesSketch sketch;

    void add(double number) {
      if (sketch != null) {
        sketch.update(number);
        return;
      }
      if (size == EXACT_MAX) {
        sketched().update(number);
        return;
      }
      if (size == exact.length) {
        exact = Arrays.copyOf(exact, size * 2);
      }
      exact[size++] = number;
    }

    private KllDoublesSketch sketched() {
      KllDoublesSketch made = sketch;
      if (made == null) {
        made = KllDoublesSketch.newHeapInstance(K);
        made.update(exact, 0, size);
        sketch = made;
        exact = new double[0];
        size = 0;
      }
      return made;
    }

    void merge(Numbers other) {
      if (other.sketch != null) {
        sketched().merge(other.sketch);
      } else {
        for (int i = 0; i < other.size; i++) {
          add(other.exact[i]);
        }
      }
    }

    Figure figure(double quantile) {
      if (sketch == null) {
        double[] sorted = Arrays.copyOf(exact, size);
        Arrays.sort(sorted);
        int rank = Math.max(1, (int) Math.ceil(quantile * size));
        return Figure.of(sorted[rank - 1] + 0.0);
      }
      return new Figure(
          sketch.getQuantile(quantile, QuantileSearchCriteria.INCLUSIVE),
          new Figure.Bounds(
              sketch.getQuantileLowerBound(quantile), sketch.getQuantileUpperBound(quantile)));
    }
  }
}
