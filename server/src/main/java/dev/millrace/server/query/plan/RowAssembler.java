package dev.millrace.server.query.plan;

import dev.millrace.server.query.operator.Aggregate;
import dev.millrace.server.query.operator.Figure;
import dev.millrace.server.query.operator.GroupTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes the rows of an answer out of what the shards found together. */
final class RowAssembler {
  private static final int NO_CELL = -1;

  private final QuerySpec spec;
  private final Budget budget;
  private final Partial partial;
  private final GroupTable table;
  private final int emptyCell;

  RowAssembler(QuerySpec spec, Budget budget, Partial partial) {
    this.spec = spec;
    this.budget = budget;
    this.partial = partial;
    this.table = partial.table();
    this.emptyCell = table.cells();
    partial.aggregates().forEach(aggregate -> reserve(aggregate, emptyCell + 1));
  }

  private static void reserve(@Nullable Aggregate aggregate, int cells) {
    if (aggregate != null) {
      aggregate.reserve(cells);
    }
  }

  /** The rows of a question without buckets. */
  List<ResultRow> rows() {
    List<ResultRow> rows = new ArrayList<>(totals());
    rows.sort(RowOrder.of(spec.orderBy()));
    int limit = spec.limit();
    if (limit == 0 || rows.size() <= limit) {
      budget.rows(rows.size());
      return rows;
    }
    budget.rows(limit);
    List<ResultRow> kept = new ArrayList<>(rows.subList(0, limit));
    if (spec.others()) {
      int[] target = new int[table.cells()];
      markKept(kept, target, cell -> 0);
      kept.add(row(null, nulls(), partial.regroup(target, 1), 0, wholeSeconds(), false, true));
    }
    return kept;
  }

  /** The rows of a question with buckets. */
  List<ResultRow> rows(BucketSeries series) {
    List<ResultRow> groups = totals();
    boolean limited = spec.limit() > 0 && groups.size() > spec.limit();
    if (limited) {
      groups.sort(RowOrder.of(ranking()));
      groups = new ArrayList<>(groups.subList(0, spec.limit()));
    }
    int buckets = series.starts().size();
    if (!spec.skipEmpty()) {
      budget.rows((long) (groups.size() + (limited && spec.others() ? 1 : 0)) * buckets);
    }
    Map<Long, Integer> indexes = new HashMap<>();
    for (int i = 0; i < buckets; i++) {
      indexes.put(series.starts().get(i), i);
    }
    Map<List<@Nullable Object>, int[]> cellsOf = new HashMap<>();
    for (ResultRow group : groups) {
      int[] cells = new int[buckets];
      Arrays.fill(cells, NO_CELL);
      cellsOf.put(group.keys(), cells);
    }
    for (int cell = 0; cell < table.cells(); cell++) {
      int[] cells = cellsOf.get(table.keys(table.group(cell)));
      if (cells != null) {
        cells[index(indexes, cell)] = cell;
      }
    }
    List<ResultRow> rows = new ArrayList<>();
    for (ResultRow group : groups) {
      int[] cells = cellsOf.getOrDefault(group.keys(), new int[0]);
      for (int i = 0; i < cells.length; i++) {
        if (cells[i] != NO_CELL || !spec.skipEmpty()) {
          int cell = cells[i] == NO_CELL ? emptyCell : cells[i];
          rows.add(bucketRow(series, i, group.keys(), partial.aggregates(), cell, false));
        }
      }
      budget.rows(rows.size());
    }
    if (limited && spec.others()) {
      addOthers(rows, groups, series, indexes);
    }
    rows.sort(RowOrder.of(spec.orderBy()));
    return rows;
  }

  private void addOthers(
      List<ResultRow> rows, List<ResultRow> kept, BucketSeries series, Map<Long, Integer> indexes) {
    int[] target = new int[table.cells()];
    markKept(kept, target, cell -> index(indexes, cell));
    List<@Nullable Aggregate> others = partial.regroup(target, series.starts().size());
    boolean[] found = new boolean[series.starts().size()];
    for (int bucket : target) {
      if (bucket >= 0) {
        found[bucket] = true;
      }
    }
    for (int i = 0; i < found.length; i++) {
      if (found[i] || !spec.skipEmpty()) {
        rows.add(bucketRow(series, i, nulls(), others, i, true));
      }
    }
    budget.rows(rows.size());
  }

  /** Where the cells of the others go: cells of groups that are kept get a negative target. */
  private void markKept(List<ResultRow> kept, int[] target, IntUnaryOperator place) {
    Map<List<@Nullable Object>, Boolean> keptKeys = new HashMap<>();
    kept.forEach(row -> keptKeys.put(row.keys(), true));
    for (int cell = 0; cell < target.length; cell++) {
      target[cell] =
          keptKeys.containsKey(table.keys(table.group(cell))) ? -1 : place.applyAsInt(cell);
    }
  }

  private int index(Map<Long, Integer> indexes, int cell) {
    Integer index = indexes.get(table.bucket(cell));
    if (index == null) {
      throw new IllegalStateException("a bucket outside of the range: " + table.bucket(cell));
    }
    return index;
  }

  /** How groups are ranked over the whole range: as the rows are, else by the first measure. */
  private List<QuerySpec.Order> ranking() {
    List<QuerySpec.Order> levels =
        spec.orderBy().stream()
            .filter(level -> !(level instanceof QuerySpec.Order.ByTime))
            .toList();
    return levels.isEmpty() ? List.of(new QuerySpec.Order.ByMeasure(0, true)) : levels;
  }

  /** A row for each group over the whole range. */
  private List<ResultRow> totals() {
    int groups = table.groups();
    List<@Nullable Aggregate> aggregates = partial.aggregates();
    if (spec.bucket() != null) {
      int[] target = new int[table.cells()];
      Arrays.setAll(target, table::group);
      aggregates = partial.regroup(target, groups);
    }
    List<ResultRow> rows = new ArrayList<>();
    double seconds = wholeSeconds();
    for (int group = 0; group < groups; group++) {
      rows.add(row(null, table.keys(group), aggregates, group, seconds, false, false));
    }
    return rows;
  }

  private double wholeSeconds() {
    boolean open = spec.span().openStart();
    long from =
        open ? (partial.found() ? partial.firstTime() : Long.MAX_VALUE) : spec.span().from();
    return BucketSeries.seconds(from, Long.MAX_VALUE, spec);
  }

  private ResultRow bucketRow(
      BucketSeries series,
      int index,
      List<@Nullable Object> keys,
      List<@Nullable Aggregate> aggregates,
      int cell,
      boolean others) {
    double seconds = series.seconds(index, spec);
    return row(
        series.starts().get(index),
        keys,
        aggregates,
        cell,
        seconds,
        series.partial(index, spec),
        others);
  }

  private ResultRow row(
      @Nullable Long bucket,
      List<@Nullable Object> keys,
      List<@Nullable Aggregate> aggregates,
      int cell,
      double seconds,
      boolean cut,
      boolean others) {
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
    return new ResultRow(bucket, keys, figures, List.of(), cut, others);
  }

  private List<@Nullable Object> nulls() {
    return new ArrayList<>(Collections.nCopies(spec.groupBy().size(), null));
  }
}
