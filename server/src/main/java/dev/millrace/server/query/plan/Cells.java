package dev.millrace.server.query.plan;

import dev.millrace.server.query.operator.Aggregate;
import dev.millrace.server.query.operator.Figure;
import dev.millrace.server.query.operator.GroupTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a question about one span of time, by group and bucket. Buckets are numbered as in the
 * series; without buckets there is one, number 0.
 */
final class Cells {
  private static final int NO_CELL = -1;

  private final QuerySpec spec;
  private final Partial partial;
  private final GroupTable table;
  private final @Nullable BucketSeries series;
  private final int buckets;

  /** The bucket of each cell, negative for those before the range. */
  private final int[] bucketOf;

  /** By group and bucket, made when first asked for. */
  private final int @Nullable [][] cellOf;

  Cells(QuerySpec spec, Budget budget, Partial partial) {
    this.spec = spec;
    this.partial = partial;
    this.table = partial.table();
    this.series = BucketSeries.of(spec, partial, budget);
    this.buckets = series == null ? 1 : series.size();
    this.bucketOf = bucketOf(table, series);
    this.cellOf = cellOf();
  }

  private static int[] bucketOf(GroupTable table, @Nullable BucketSeries series) {
    int[] numbers = new int[table.cells()];
    if (series != null) {
      Map<Long, Integer> numberOf = new HashMap<>();
      for (int i = 0; i < series.size(); i++) {
        numberOf.put(series.start(i), i);
      }
      for (int cell = 0; cell < numbers.length; cell++) {
        numbers[cell] = numberOf.getOrDefault(table.bucket(cell), NO_CELL);
      }
    }
    return numbers;
  }

  private int @Nullable [][] cellOf() {
    int @Nullable [][] cells = new int[table.groups()][];
    if (series != null) {
      for (int cell = 0; cell < bucketOf.length; cell++) {
        int[] row = cells[table.group(cell)];
        if (row == null) {
          row = new int[buckets];
          Arrays.fill(row, NO_CELL);
          cells[table.group(cell)] = row;
        }
        if (bucketOf[cell] >= 0) {
          row[bucketOf[cell]] = cell;
        }
      }
    }
    return cells;
  }

  @Nullable BucketSeries series() {
    return series;
  }

  int buckets() {
    return buckets;
  }

  int groups() {
    return table.groups();
  }

  List<@Nullable Object> keys(int group) {
    return table.keys(group);
  }

  /** Whether a group has events in a bucket. */
  boolean has(int group, int bucket) {
    return cell(group, bucket) != NO_CELL;
  }

  private int cell(int group, int bucket) {
    if (series == null) {
      return group < table.cells() ? group : NO_CELL;
    }
    int[] row = cellOf[group];
    return row == null || bucket >= row.length ? NO_CELL : row[bucket];
  }

  /** The figures of a group in a bucket; over nothing, if it has no events there. */
  List<Figure> figures(int group, int bucket) {
    int cell = cell(group, bucket);
    int empty = table.cells();
    List<@Nullable Aggregate> aggregates = partial.aggregates();
    aggregates.forEach(aggregate -> reserve(aggregate, empty + 1));
    return figures(aggregates, cell == NO_CELL ? empty : cell, seconds(bucket));
  }

  private static void reserve(@Nullable Aggregate aggregate, int cells) {
    if (aggregate != null) {
      aggregate.reserve(cells);
    }
  }

  /** Figures over nothing. */
  List<Figure> nothing(int bucket) {
    return figures(partial.regroup(allTo(NO_CELL), 1), 0, seconds(bucket));
  }

  /** The figures of every group over the whole range. */
  List<List<Figure>> totals() {
    List<@Nullable Aggregate> aggregates = partial.aggregates();
    if (series != null) {
      int[] target = new int[table.cells()];
      Arrays.setAll(target, cell -> bucketOf[cell] < 0 ? NO_CELL : table.group(cell));
      aggregates = partial.regroup(target, table.groups());
    }
    List<List<Figure>> totals = new ArrayList<>();
    double seconds = wholeSeconds();
    for (int group = 0; group < table.groups(); group++) {
      totals.add(figures(aggregates, group, seconds));
    }
    return totals;
  }

  /** Cells of the groups that aren't kept, put together by bucket. */
  Others others(boolean[] kept) {
    int[] target = new int[table.cells()];
    boolean[] found = new boolean[buckets];
    for (int cell = 0; cell < target.length; cell++) {
      target[cell] = kept[table.group(cell)] ? NO_CELL : bucketOf[cell];
      if (target[cell] >= 0) {
        found[target[cell]] = true;
      }
    }
    return new Others(partial.regroup(target, Math.max(1, buckets)), found);
  }

  /** What isn't kept, by bucket. */
  final class Others {
    private final List<@Nullable Aggregate> aggregates;
    private final boolean[] found;

    private Others(List<@Nullable Aggregate> aggregates, boolean[] found) {
      this.aggregates = aggregates;
      this.found = found;
    }

    boolean has(int bucket) {
      return found[bucket];
    }

    List<Figure> figures(int bucket) {
      return bucket < found.length
          ? Cells.this.figures(aggregates, bucket, seconds(bucket))
          : nothing(bucket);
    }
  }

  private int[] allTo(int target) {
    int[] targets = new int[table.cells()];
    Arrays.fill(targets, target);
    return targets;
  }

  private double seconds(int bucket) {
    if (series == null) {
      return wholeSeconds();
    }
    return bucket < buckets ? series.seconds(bucket, spec) : 0;
  }

  private double wholeSeconds() {
    boolean open = spec.span().openStart();
    long from = open ? (partial.found() ? partial.firstTime() : Long.MAX_VALUE) : spec.span().from();
    return BucketSeries.seconds(from, Long.MAX_VALUE, spec);
  }

  private List<Figure> figures(List<@Nullable Aggregate> aggregates, int cell, double seconds) {
    List<Figure> figures = new ArrayList<>();
    List<@Nullable Double> numbers = new ArrayList<>();
    for (Aggregate aggregate : aggregates) {
      Figure figure = aggregate == null ? Figure.ABSENT : aggregate.figure(cell, seconds);
      figures.add(figure);
      numbers.add(figure.number());
    }
    for (int i = 0; i < figures.size(); i++) {
      if (spec.measures().get(i) instanceof Measure.OfMeasures measure) {
        Double number = measure.formula().evaluate(numbers);
        numbers.set(i, number);
        figures.set(i, number == null ? Figure.ABSENT : new Figure(number, null));
      }
    }
    return figures;
  }
}
