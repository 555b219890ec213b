package dev.millrace.server.query.plan;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.expression.BlockColumns;
import dev.millrace.server.query.expression.ScanMemory;
import dev.millrace.server.query.operator.Aggregate;
import dev.millrace.server.query.operator.GroupTable;
import dev.millrace.server.query.operator.RowCells;
import dev.millrace.server.query.operator.Selection;
import dev.millrace.server.query.time.BucketRule;
import dev.millrace.server.query.time.ZoneOffsets;
import dev.millrace.server.query.vector.CodeCondition.Outcome;
import dev.millrace.server.query.vector.Mask;
import dev.millrace.server.storage.ShardView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What some blocks, of one shard at first, have to say to a question. Merges. Not thread-safe. */
final class Partial {
  private final QuerySpec spec;
  private final Budget budget;
  private final @Nullable BucketRule rule;
  private final GroupTable table;
  private final List<@Nullable Aggregate> aggregates;
  private final BlockScan scan;
  private final ScanMemory memory;
  private final ScanStats stats = new ScanStats();
  private long rowsScanned;
  private long firstTime = Long.MAX_VALUE;
  private long lastTime = Long.MIN_VALUE;

  private Partial(QuerySpec spec, Budget budget) {
    this.spec = spec;
    this.budget = budget;
    rule = rule(spec);
    scan = new BlockScan(spec.filter(), BucketSeries.scanned(spec), spec.calendar().zone(), budget);
    memory = scan.memory();
    table = new GroupTable(spec.groupBy().size(), rule != null);
    aggregates = Measure.aggregates(spec.measures());
    reserve(aggregates, table.cells());
  }

  private static void reserve(List<@Nullable Aggregate> aggregates, int cells) {
    for (Aggregate aggregate : aggregates) {
      if (aggregate != null) {
        aggregate.reserve(cells);
      }
    }
  }

  /** How a question's buckets are made; null if it has none. Confined to one thread. */
  static @Nullable BucketRule rule(QuerySpec spec) {
    return spec.bucket() == null
        ? null
        : new BucketRule(
            spec.bucket(), new ZoneOffsets(spec.calendar().zone()), spec.calendar().weekStart());
  }

  static Partial scan(QuerySpec spec, Budget budget, ShardView view, long toSequence) {
    BlockScan scan =
        new BlockScan(spec.filter(), BucketSeries.scanned(spec), spec.calendar().zone(), budget);
    return view.fold(
        scan.range(toSequence),
        () -> new Partial(spec, budget),
        (partial, block) -> partial.add(block, toSequence),
        Partial::merge);
  }

  private void add(EventBlock block, long toSequence) {
    budget.check();
    BlockColumns columns = new BlockColumns(block, memory);
    rowsScanned += block.rows();
    if (spec.filter().outcome(columns, false) == Outcome.NONE) {
      stats.refusedBySummary();
      return;
    }
    if (spec.filter().outcome(columns, true) == Outcome.NONE) {
      stats.refusedByDictionary();
      return;
    }
    Selection selection = scan.select(columns, toSequence);
    if (!selection.isEmpty()) {
      add(columns, selection);
    }
    stats.read(columns, selection.size());
  }

  private void add(BlockColumns columns, Selection selection) {
    EventBlock block = columns.block();
    see(block, selection);
    List<ValueVector> keys = spec.groupBy().stream().map(columns::vector).toList();
    List<@Nullable Mask> masks = new ArrayList<>();
    for (Measure measure : spec.measures()) {
      boolean all = !(measure instanceof Measure.OfEvents of) || of.where().all();
      masks.add(all ? null : mask(measure, columns));
    }
    table.assign(
        keys, block, rule, selection, (cells, rows) -> update(cells, rows, columns, masks));
  }

  private static @Nullable Mask mask(Measure measure, BlockColumns columns) {
    return measure instanceof Measure.OfEvents of ? of.where().test(columns) : null;
  }

  /** Keeps the time of the first and the last event, where an open range ends there. */
  private void see(EventBlock block, Selection selection) {
    if (!spec.span().openStart() && !spec.span().openEnd()) {
      return;
    }
    if (selection.size() == block.rows()) {
      firstTime = Math.min(firstTime, block.minTime());
      lastTime = Math.max(lastTime, block.maxTime());
      return;
    }
    long[] times = block.times();
    for (int i = 0; i < selection.size(); i++) {
      long time = times[selection.row(i)];
      firstTime = Math.min(firstTime, time);
      lastTime = Math.max(lastTime, time);
    }
  }

  private void update(
      RowCells cells, Selection selection, BlockColumns columns, List<@Nullable Mask> masks) {
    budget.groups(table.cells());
    EventBlock block = columns.block();
    for (int i = 0; i < aggregates.size(); i++) {
      Aggregate aggregate = aggregates.get(i);
      if (aggregate == null || !(spec.measures().get(i) instanceof Measure.OfEvents measure)) {
        continue;
      }
      aggregate.reserve(table.cells());
      Mask mask = masks.get(i);
      Selection narrowed = mask == null ? selection : selection.narrow(mask);
      if (!narrowed.isEmpty()) {
        ValueVector vector =
            measure.field() == null
                ? ValueVector.missing(block.rows())
                : columns.vector(measure.field());
        aggregate.update(cells, narrowed, vector, block);
      }
    }
  }

  Partial merge(Partial other) {
    for (int cell = 0; cell < other.table.cells(); cell++) {
      int into = table.adopt(other.table, cell);
      budget.groups(table.cells());
      for (int i = 0; i < aggregates.size(); i++) {
        Aggregate aggregate = aggregates.get(i);
        Aggregate source = other.aggregates.get(i);
        if (aggregate != null && source != null) {
          aggregate.reserve(table.cells());
          aggregate.merge(into, source, cell);
        }
      }
    }
    rowsScanned += other.rowsScanned;
    stats.merge(other.stats);
    firstTime = Math.min(firstTime, other.firstTime);
    lastTime = Math.max(lastTime, other.lastTime);
    return this;
  }

  GroupTable table() {
    return table;
  }

  /** By measure; null for those that are formulas. */
  List<@Nullable Aggregate> aggregates() {
    return aggregates;
  }

  /**
   * Aggregates with other cells, each of which takes in all cells that are mapped to it.
   *
   * @param target the new cell of a cell, or negative to leave it out; cells beyond its end are
   *     left out
   */
  List<@Nullable Aggregate> regroup(int[] target, int size) {
    List<@Nullable Aggregate> result = Measure.aggregates(spec.measures());
    reserve(result, size);
    for (int i = 0; i < result.size(); i++) {
      Aggregate into = result.get(i);
      Aggregate source = aggregates.get(i);
      for (int cell = 0; cell < target.length && into != null && source != null; cell++) {
        if (target[cell] >= 0) {
          into.merge(target[cell], source, cell);
        }
      }
    }
    return result;
  }

  ScanStats stats() {
    return stats;
  }

  long rowsScanned() {
    return rowsScanned;
  }

  /** Whether any event was found. */
  boolean found() {
    return firstTime <= lastTime;
  }

  /** The time of the earliest event found. */
  long firstTime() {
    return firstTime;
  }

  /** The time of the latest event found. */
  long lastTime() {
    return lastTime;
  }
}
