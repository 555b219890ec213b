package dev.millrace.server.query.plan;

import dev.millrace.server.query.operator.Aggregate;
import dev.millrace.server.query.operator.Figure;
import dev.millrace.server.query.operator.GroupTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a question about one span of time, by group and bucket. Buckets are numbered as in
 * the series; without buckets there is one, number 0.
 */
final class Cells {
  private static final int NO_CELL = -1;
  private static final int NO_BUCKET = Integer.MIN_VALUE;

  private final QuerySpec spec;
  private final Budget budget;
  private final Partial partial;
  private final GroupTable table;
  private final @Nullable BucketSeries series;
  private final int buckets;

  /** The bucket of each cell; negative for the ones that lead the range. */
  private final int[] bucketOf;

  /** By group and bucket, the leading ones first; null for groups without events. */
  private final int[] @Nullable [] cellOf;

  private final int lead;
  private final List<@Nullable Aggregate> empty;

  Cells(QuerySpec spec, Budget budget, Partial partial) {
    this.spec = spec;
    this.budget = budget;
    this.partial = partial;
    this.table = partial.table();
    this.series = BucketSeries.of(spec, partial, budget);
    this.buckets = series == null ? 1 : series.size();
    this.lead = series == null ? 0 : series.lead();
    this.bucketOf = bucketOf(table, series);
    this.cellOf = cellOf();
    int[] nowhere = new int[table.cells()];
    Arrays.fill(nowhere, NO_CELL);
    this.empty = partial.regroup(nowhere, 1);
  }

  private static int[] bucketOf(GroupTable table, @Nullable BucketSeries series) {
    int[] numbers = new int[table.cells()];
    if (series != null) {
      Map<Long, Integer> numberOf = new HashMap<>();
      for (int i = -series.lead(); i < series.size(); i++) {
        numberOf.put(series.start(i), i);
      }
      for (int cell = 0; cell < numbers.length; cell++) {
        numbers[cell] = numberOf.getOrDefault(table.bucket(cell), NO_BUCKET);
      }
    }
    return numbers;
  }

  private int[] @Nullable [] cellOf() {
    int[] @Nullable [] cells = new int[table.groups()][];
    if (series != null) {
      for (int cell = 0; cell < bucketOf.length; cell++) {
        int[] row = cells[table.group(cell)];
        if (row == null) {
          row = new int[lead + buckets];
          Arrays.fill(row, NO_CELL);
          cells[table.group(cell)] = row;
        }
        if (bucketOf[cell] != NO_BUCKET) {
          row[lead + bucketOf[cell]] = cell;
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

  /** Whether a group has events in a bucket, or in those that its figures are over. */
  boolean has(int group, int bucket) {
    for (int at = first(bucket); at <= bucket; at++) {
      if (cell(group, at) != NO_CELL) {
        return true;
      }
    }
    return false;
  }

  /** The first of the buckets that a bucket's figures are over. */
  private int first(int bucket) {
    return Math.max(-lead, bucket - spec.sliding() + 1);
  }

  private int cell(int group, int bucket) {
    if (series == null) {
      return group < table.cells() ? group : NO_CELL;
    }
    int[] row = cellOf[group];
    return row == null || bucket >= buckets ? NO_CELL : row[lead + bucket];
  }

  /** The figures of a group in a bucket; over nothing, if it has no events there. */
  List<Figure> figures(int group, int bucket) {
    if (spec.sliding() > 1 && series != null) {
      return sliding(partial.aggregates(), bucket, at -> cell(group, at));
    }
    int cell = cell(group, bucket);
    return cell == NO_CELL ? nothing(bucket) : figures(partial.aggregates(), cell, seconds(bucket));
  }

  /** Figures over nothing. */
  List<Figure> nothing(int bucket) {
    return figures(empty, 0, seconds(bucket));
  }

  /** The figures of several buckets together, of which each has a cell or none. */
  private List<Figure> sliding(
      List<@Nullable Aggregate> source, int bucket, IntUnaryOperator cellAt) {
    budget.check();
    List<@Nullable Aggregate> window = partial.regroup(new int[0], 1);
    for (int at = first(bucket); at <= Math.min(bucket, buckets - 1); at++) {
      int cell = cellAt.applyAsInt(at);
      for (int i = 0; i < window.size() && cell != NO_CELL; i++) {
        Aggregate into = window.get(i);
        Aggregate from = source.get(i);
        if (into != null && from != null) {
          into.merge(0, from, cell);
        }
      }
    }
    return figures(window, 0, seconds(bucket));
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
    boolean[] found = new boolean[lead + buckets];
    for (int cell = 0; cell < target.length; cell++) {
      boolean left = !kept[table.group(cell)] && bucketOf[cell] != NO_BUCKET;
      target[cell] = left ? lead + bucketOf[cell] : NO_CELL;
      if (left) {
        found[target[cell]] = true;
      }
    }
    return new Others(partial.regroup(target, Math.max(1, lead + buckets)), found);
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
      for (int at = first(bucket); at <= bucket; at++) {
        if (found[lead + at]) {
          return true;
        }
      }
      return false;
    }

    List<Figure> figures(int bucket) {
      if (bucket >= buckets) {
        return nothing(bucket);
      }
      return spec.sliding() > 1 && series != null
          ? sliding(aggregates, bucket, at -> lead + at)
          : Cells.this.figures(aggregates, lead + bucket, seconds(bucket));
    }
  }

  private double seconds(int bucket) {
    if (series == null) {
      return wholeSeconds();
    }
    return bucket < buckets ? series.seconds(bucket, spec) : 0;
  }

  private double wholeSeconds() {
    boolean open = spec.span().openStart();
    long from =
        open ? (partial.found() ? partial.firstTime() : Long.MAX_VALUE) : spec.span().from();
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
