package dev.millrace.server.query.plan;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.query.expression.BlockColumns;
import dev.millrace.server.query.expression.EventFilter;
import dev.millrace.server.query.operator.Selection;
import dev.millrace.server.query.time.TimeSpan;
import dev.millrace.server.query.time.ZoneOffsets;
import dev.millrace.server.storage.ShardView;
import java.time.ZoneId;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Goes over the blocks of a shard and hands on the rows of a span that meet a filter.
 *
 * @param filter what rows must meet
 * @param span when they must be from
 * @param zone the zone of parts of times
 * @param wanted whether a block is worth looking at, asked when its turn comes
 */
public record BlockScan(
    EventFilter filter, TimeSpan span, ZoneId zone, Budget budget, Predicate<EventBlock> wanted) {
  /** All blocks are. */
  public BlockScan(EventFilter filter, TimeSpan span, ZoneId zone, Budget budget) {
    this(filter, span, zone, budget, _ -> true);
  }

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
    ZoneOffsets offsets = new ZoneOffsets(zone);
    long[] scanned = new long[1];
    view.scan(
        new ShardView.ScanRange(span.from(), span.to(), 0, toSequence),
        block -> {
          budget.check();
          if (!wanted.test(block)) {
            return true;
          }
          scanned[0] += block.rows();
          BlockColumns columns = new BlockColumns(block, offsets);
          Selection selection = select(columns, toSequence);
          if (!selection.isEmpty()) {
            consumer.accept(columns, selection);
          }
          return true;
        });
    return scanned[0];
  }

  private Selection select(BlockColumns columns, long toSequence) {
    EventBlock block = columns.block();
    boolean[] mask = filter.test(columns);
    if (block.minTime() < span.from() || block.maxTime() >= span.to()) {
      long[] times = block.times();
      for (int i = 0; i < mask.length; i++) {
        mask[i] &= times[i] >= span.from() && times[i] < span.to();
      }
    }
    if (block.maxSequence() >= toSequence) {
      long[] sequences = block.sequences();
      for (int i = 0; i < mask.length; i++) {
        mask[i] &= sequences[i] < toSequence;
      }
    }
    return Selection.of(mask);
  }

  /** Of those rows, the ones that a measure's own filter lets through. */
  static Selection narrow(Selection selection, boolean @Nullable [] mask) {
    if (mask == null) {
      return selection;
    }
    int[] rows = new int[selection.size()];
    int size = 0;
    for (int i = 0; i < selection.size(); i++) {
      int row = selection.row(i);
      rows[size] = row;
      size += mask[row] ? 1 : 0;
    }
    return new Selection(rows, size);
  }
}
