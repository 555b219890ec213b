package dev.millrace.server.query.plan;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.query.expression.BlockColumns;
import dev.millrace.server.query.expression.EventFilter;
import dev.millrace.server.query.expression.ScanMemory;
import dev.millrace.server.query.operator.Selection;
import dev.millrace.server.query.time.TimeSpan;
import dev.millrace.server.query.time.ZoneOffsets;
import dev.millrace.server.query.vector.Mask;
import dev.millrace.server.query.vector.Masks;
import dev.millrace.server.storage.ShardView;
import java.time.ZoneId;

/**
 * Goes over the blocks of a shard and hands on the rows of a span that meet a filter.
 *
 * @param filter what rows must meet
 * @param span when they must be from
 * @param zone the zone of parts of times
 */
public record BlockScan(EventFilter filter, TimeSpan span, ZoneId zone, Budget budget) {

  /** Gets the rows of one block that were asked for, one at least. */
  @FunctionalInterface
  public interface Consumer {
    void accept(BlockColumns columns, Selection selection);
  }

  /**
   * Scans.
   *
   * @param toSequence the first sequence left out
   * @return rows looked at
   */
  public long run(ShardView view, long toSequence, Consumer consumer) {
    ScanMemory memory = memory();
    long[] scanned = new long[1];
    view.scan(
        range(toSequence),
        block -> {
          budget.check();
          scanned[0] += block.rows();
          BlockColumns columns = new BlockColumns(block, memory);
          Selection selection = select(columns, toSequence);
          if (!selection.isEmpty()) {
            consumer.accept(columns, selection);
          }
          return true;
        });
    return scanned[0];
  }

  /** For one thread of a scan. */
  ScanMemory memory() {
    return new ScanMemory(new ZoneOffsets(zone));
  }

  ShardView.ScanRange range(long toSequence) {
    return new ShardView.ScanRange(span.from(), span.to(), 0, toSequence);
  }

  /** The rows of a block that are asked for. */
  Selection select(BlockColumns columns, long toSequence) {
    EventBlock block = columns.block();
    int rows = block.rows();
    boolean cut = block.minTime() < span.from() || block.maxTime() >= span.to();
    if (!cut && block.maxSequence() < toSequence) {
      return Selection.of(filter.test(columns));
    }
    Mask within = cut ? within(block) : Mask.all(rows);
    if (block.maxSequence() >= toSequence) {
      long[] sequences = block.sequences();
      within = within.refined(row -> sequences[row] < toSequence);
    }
    return within.isNone()
        ? Selection.range(0, 0)
        : Selection.of(within.and(filter.test(columns, within)));
  }

  private Mask within(EventBlock block) {
    return Masks.times(block.times(), block.rows(), span.from(), span.to() - 1);
  }
}
