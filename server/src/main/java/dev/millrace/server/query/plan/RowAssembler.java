package dev.millrace.server.query.plan;

import dev.millrace.server.query.operator.Figure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the rows of an answer out of what the shards found together. */
final class RowAssembler {
  private final QuerySpec spec;
  private final Budget budget;
  private final Cells cells;
  private final @Nullable Cells previous;
  private final Map<List<@Nullable Object>, Integer> previousGroups = new HashMap<>();

  /**
   * An assembler.
   *
   * @param previous the figures of the range compared with; null without a comparison
   */
  RowAssembler(QuerySpec spec, Budget budget, Cells cells, @Nullable Cells previous) {
    this.spec = spec;
    this.budget = budget;
    this.cells = cells;
    this.previous = previous;
    if (previous != null) {
      for (int group = 0; group < previous.groups(); group++) {
        previousGroups.put(previous.keys(group), group);
      }
    }
  }

  /** A group with its figures over the whole range. */
  private record Ranked(int group, ResultRow total) {}

  List<ResultRow> rows() {
    List<Ranked> kept = kept();
    boolean others = spec.others() && kept.size() < cells.groups();
    if (!spec.skipEmpty()) {
      budget.rows((long) (kept.size() + (others ? 1 : 0)) * cells.buckets());
    }
    List<ResultRow> rows = new ArrayList<>();
    for (Ranked ranked : kept) {
      addRows(rows, ranked);
      budget.rows(rows.size());
    }
    if (spec.bucket() != null) {
      if (others) {
        addOthers(rows, kept);
      }
      rows.sort(RowOrder.of(spec.orderBy()));
    } else if (others) {
      addOthers(rows, kept);
    }
    return rows;
  }

  /** The groups within the limit; in the order of rows, unless there are buckets. */
  private List<Ranked> kept() {
    List<List<Figure>> totals = cells.totals();
    List<Ranked> groups = new ArrayList<>();
    for (int group = 0; group < totals.size(); group++) {
      ResultRow total =
          new ResultRow(null, cells.keys(group), totals.get(group), List.of(), false, false);
      groups.add(new Ranked(group, total));
    }
    boolean limited = spec.limit() > 0 && groups.size() > spec.limit();
    if (limited || spec.bucket() == null) {
      List<QuerySpec.Order> levels = spec.bucket() == null ? spec.orderBy() : ranking();
      var order = RowOrder.of(levels);
      groups.sort((a, b) -> order.compare(a.total, b.total));
    }
    return limited ? groups.subList(0, spec.limit()) : groups;
  }

  /** How groups are ranked over the whole range: as the rows are, else by the first measure. */
  private List<QuerySpec.Order> ranking() {
    List<QuerySpec.Order> levels =
        spec.orderBy().stream()
            .filter(level -> !(level instanceof QuerySpec.Order.ByTime))
            .toList();
    return levels.isEmpty() ? List.of(new QuerySpec.Order.ByMeasure(0, true)) : levels;
  }

  private void addRows(List<ResultRow> rows, Ranked ranked) {
    Integer before = previousGroups.get(ranked.total.keys());
    for (int bucket = 0; bucket < cells.buckets(); bucket++) {
      if (!spec.skipEmpty() || spec.bucket() == null || cells.has(ranked.group, bucket)) {
        List<Figure> figures =
            spec.bucket() == null ? ranked.total.figures() : cells.figures(ranked.group, bucket);
        rows.add(row(bucket, ranked.total.keys(), figures, previous(before, bucket), false));
      }
    }
  }

  private List<Figure> previous(@Nullable Integer group, int bucket) {
    Cells then = previous;
    if (then == null) {
      return List.of();
    }
    return group == null ? then.nothing(bucket) : then.figures(group, bucket);
  }

  private void addOthers(List<ResultRow> rows, List<Ranked> kept) {
    boolean[] keptGroups = new boolean[cells.groups()];
    kept.forEach(ranked -> keptGroups[ranked.group] = true);
    Cells.Others others = cells.others(keptGroups);
    Cells then = previous;
    Cells.Others before = null;
    if (then != null) {
      boolean[] keptBefore = new boolean[then.groups()];
      for (Ranked ranked : kept) {
        Integer group = previousGroups.get(ranked.total.keys());
        if (group != null) {
          keptBefore[group] = true;
        }
      }
      before = then.others(keptBefore);
    }
    List<@Nullable Object> nulls =
        new ArrayList<@Nullable Object>(Collections.nCopies(spec.groupBy().size(), null));
    for (int bucket = 0; bucket < cells.buckets(); bucket++) {
      if (!spec.skipEmpty() || spec.bucket() == null || others.has(bucket)) {
        List<Figure> previousFigures = before == null ? List.of() : before.figures(bucket);
        rows.add(row(bucket, nulls, others.figures(bucket), previousFigures, true));
      }
    }
    budget.rows(rows.size());
  }

  private ResultRow row(
      int bucket,
      List<@Nullable Object> keys,
      List<Figure> figures,
      List<Figure> previousFigures,
      boolean others) {
    BucketSeries series = cells.series();
    return series == null
        ? new ResultRow(null, keys, figures, previousFigures, false, others)
        : new ResultRow(
            series.start(bucket),
            keys,
            figures,
            previousFigures,
            series.partial(bucket, spec),
            others);
  }
}
