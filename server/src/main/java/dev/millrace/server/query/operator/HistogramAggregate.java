package dev.millrace.server.query.operator;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts of numbers by range. The default edges are 0 and then 1, 2 and 5 times the powers of ten
 * from 1e-9 to 1e15; of those, an answer has the ones around the numbers found.
 */
final class HistogramAggregate implements Aggregate {
  private static final int LOWEST_DECADE = -9;
  private static final int HIGHEST_DECADE = 15;
  private static final double[] DEFAULT_EDGES = defaultEdges();

  private final double[] edges;
  private final boolean trimmed;

  /**
   * By cell: the numbers below edge 0, then from edge i on; the last are those at or above all
   * edges.
   */
  private long[] @Nullable [] counts = new long[0][];

  HistogramAggregate(double[] edges) {
    this.trimmed = edges.length == 0;
    this.edges = trimmed ? DEFAULT_EDGES : edges;
  }

  private static double[] defaultEdges() {
    List<Double> edges = new ArrayList<>();
    edges.add(0.0);
    for (int decade = LOWEST_DECADE; decade <= HIGHEST_DECADE; decade++) {
      for (int step : decade == HIGHEST_DECADE ? new int[] {1} : new int[] {1, 2, 5}) {
        // Read from text, which gives the double that is nearest to the decimal number.
        edges.add(Double.parseDouble(step + "e" + decade));
      }
    }
    return edges.stream().mapToDouble(Double::doubleValue).toArray();
  }

  @Override
  public void reserve(int cells) {
    if (cells > counts.length) {
      counts = Arrays.copyOf(counts, Aggregates.capacity(counts.length, cells));
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
        int found = Arrays.binarySearch(edges, numbers[row] + 0.0);
        counts(cells.cell(row))[found >= 0 ? found + 1 : -found - 1]++;
      }
    }
  }

  private long[] counts(int cell) {
    long[] of = counts[cell];
    if (of == null) {
      of = new long[edges.length + 1];
      counts[cell] = of;
    }
    return of;
  }

  @Override
  public void merge(int into, Aggregate other, int from) {
    long[] that = ((HistogramAggregate) other).counts[from];
    if (that != null) {
      long[] mine = counts(into);
      for (int i = 0; i < mine.length; i++) {
        mine[i] += that[i];
      }
    }
  }

  @Override
  public Figure figure(int cell, double seconds) {
    long[] of = counts[cell];
    if (of == null) {
      return Figure.ABSENT;
    }
    int first = 0;
    int last = edges.length - 1;
    if (trimmed) {
      while (first < last - 1 && of[first + 1] == 0) {
        first++;
      }
      while (last > first + 1 && of[last] == 0) {
        last--;
      }
    }
    List<Double> kept = new ArrayList<>();
    List<Long> bins = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      kept.add(edges[i]);
      if (i < last) {
        bins.add(of[i + 1]);
      }
    }
    return new Figure(
        new Figure.Histogram(List.copyOf(kept), List.copyOf(bins), of[0], of[edges.length]), null);
  }
}
