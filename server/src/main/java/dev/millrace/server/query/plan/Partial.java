package dev.millrace.server.query.plan;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.query.expression.BlockColumns;
import dev.millrace.server.query.operator.Aggregate;
import dev.millrace.server.query.operator.GroupTable;
import dev.millrace.server.query.operator.Selection;
import dev.millrace.server.query.time.BucketRule;
import dev.millrace.server.query.time.ZoneOffsets;
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
  private final List<@Nullable Aggregate> aggregates = new ArrayList<>();
  private long rowsScanned;
  private long firstTime = Long.MAX_VALUE;
  private long lastTime = Long.MIN_VALUE;

  private Partial(QuerySpec spec, Budget budget) {
    this.spec = spec;
    this.budget = budget;
    rule = rule(spec);
    table = new GroupTable(spec.groupBy().size(), rule != null);
    for (Measure measure : spec.measures()) {
      Aggregate aggregate =
          measure instanceof Measure.OfEvents ofEvents ? ofEvents.aggregate() : null;
      if (aggregate != null) {
        aggregate.reserve(table.cells());
      }
      aggregates.add(aggregate);
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
    Partial partial = new Partial(spec, budget);
    BlockScan scan =
        new BlockScan(spec.filter(), BucketSeries.scanned(spec), spec.calendar().zone(), budget);
    partial.rowsScanned = scan.run(view, toSequence, partial::add);
    return partial;
  }

  private void add(BlockColumns columns, Selection selection) {
    EventBlock block = columns.block();
    long[] times = block.times();
    int[] rows = selection.rows();
    for (int i = 0; i < selection.size(); i++) {
      firstTime = Math.min(firstTime, times[rows[i]]);
      lastTime = Math.max(lastTime, times[rows[i]]);
    }
    List<ValueVector> keys = spec.groupBy().stream().map(columns::vector).toList();
    int[] cells = table.assign(keys, times, rule, selection);
    budget.groups(table.cells());
    ValueVector nothing = ValueVector.missing(block.rows());
    for (int i = 0; i < aggregates.size(); i++) {
      Aggregate aggregate = aggregates.get(i);
      if (aggregate == null || !(spec.measures().get(i) instanceof Measure.OfEvents measure)) {
        continue;
      }
      aggregate.reserve(table.cells());
      Selection narrowed =
          measure.where().all() ? selection : selection.narrow(measure.where().test(columns));
      ValueVector vector = measure.field() == null ? nothing : columns.vector(measure.field());
      aggregate.update(cells, narrowed, vector, block);
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
    List<@Nullable Aggregate> result = new ArrayList<>();
    for (int i = 0; i < aggregates.size(); i++) {
      Aggregate source = aggregates.get(i);
      if (source == null || !(spec.measures().get(i) instanceof Measure.OfEvents measure)) {
        result.add(null);
        continue;
      }
      Aggregate merged = measure.aggregate();
      merged.reserve(size);
      for (int cell = 0; cell < target.length; cell++) {
        if (target[cell] >= 0) {
          merged.merge(target[cell], source, cell);
        }
      }
      result.add(merged);
    }
    return result;
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
