package dev.millrace.server.query.plan;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.Position;
import dev.millrace.server.query.expression.BlockColumns;
import dev.millrace.server.query.expression.EventFilter;
import dev.millrace.server.query.operator.Selection;
import dev.millrace.server.query.time.TimeSpan;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.Snapshot;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lists single events in the order of (time, sequence, shard), some at a time. Only the rows of a
 * block that may be among the first are read as whole events.
 *
 * @param filter what events must meet
 * @param span when they must be from
 * @param newestFirst whether the order is descending
 * @param after the last event of the page before; null for the first page
 * @param size the most events, at least 1
 */
public record EventListing(
    EventFilter filter, TimeSpan span, boolean newestFirst, @Nullable Key after, int size) {

  /** An event's place in the order. */
  public record Key(long time, long sequence, int shard) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = Long.compare(time, other.time);
      if (order == 0) {
        order = Long.compare(sequence, other.sequence);
      }
      return order == 0 ? Integer.compare(shard, other.shard) : order;
    }
  }

  /** Reads a whole event out of a block. */
  @FunctionalInterface
  public interface Reader<E> {
    /** What reads the events of a block by row. */
    IntFunction<E> of(EventBlock block);
  }

  /** An event with its place. */
  public record Listed<E>(Key key, E event) {}

  /**
   * A page.
   *
   * @param more whether there are events after it
   */
  public record Page<E>(List<Listed<E>> events, boolean more, long rowsScanned) {}

  /** Reads a page of the events that a state has. */
  public <E> Page<E> read(Snapshot snapshot, Position asOf, Reader<E> reader, Budget budget) {
    Top<E> top =
        snapshot.run(
            view -> {
              Top<E> shardTop = new Top<>(this, view.shard(), reader);
              shardTop.scan(view, asOf.nextSequence(view.shard()), budget);
              return shardTop;
            },
            Top::merge);
    List<Listed<E>> events = new ArrayList<>(top.kept);
    events.sort(Comparator.comparing(Listed::key, order()));
    boolean more = events.size() > size;
    return new Page<>(more ? List.copyOf(events.subList(0, size)) : events, more, top.rowsScanned);
  }

  private Comparator<Key> order() {
    return newestFirst ? Comparator.reverseOrder() : Comparator.naturalOrder();
  }

  /**
   * The first events of a shard: one more than a page, so that it is known whether there are more.
   */
  private static final class Top<E> {
    private final EventListing listing;
    private final int shard;
    private final Reader<E> reader;
    private final Comparator<Key> order;
    private final PriorityQueue<Listed<E>> kept;
    private long rowsScanned;

    Top(EventListing listing, int shard, Reader<E> reader) {
      this.listing = listing;
      this.shard = shard;
      this.reader = reader;
      this.order = listing.order();
      this.kept = new PriorityQueue<>(Comparator.comparing(Listed::key, order.reversed()));
    }

    void scan(ShardView view, long toSequence, Budget budget) {
      BlockScan scan =
          new BlockScan(listing.filter, listing.span, ZoneId.of("UTC"), budget, this::mayHold);
      rowsScanned = scan.run(view, toSequence, this::add);
    }

    /** Whether a block may hold an event of the page. */
    private boolean mayHold(EventBlock block) {
      Key after = listing.after;
      if (after != null
          && (listing.newestFirst
              ? block.minTime() > after.time()
              : block.maxTime() < after.time())) {
        return false;
      }
      if (kept.size() <= listing.size) {
        return true;
      }
      long worst = kept.element().key().time();
      return listing.newestFirst ? block.maxTime() >= worst : block.minTime() <= worst;
    }

    private void add(BlockColumns columns, Selection selection) {
      EventBlock block = columns.block();
      long[] times = block.times();
      long[] sequences = block.sequences();
      PriorityQueue<Row> best =
          new PriorityQueue<>(Comparator.comparing(Row::key, order.reversed()));
      Key after = listing.after;
      for (int i = 0; i < selection.size(); i++) {
        int row = selection.row(i);
        Key key = new Key(times[row], sequences[row], shard);
        if ((after == null || order.compare(key, after) > 0)
            && (kept.size() <= listing.size || order.compare(key, kept.element().key()) < 0)) {
          if (best.size() <= listing.size) {
            best.add(new Row(key, row));
          } else if (order.compare(key, best.element().key()) < 0) {
            best.remove();
            best.add(new Row(key, row));
          }
        }
      }
      if (!best.isEmpty()) {
        IntFunction<E> events = reader.of(block);
        best.forEach(row -> keep(new Listed<>(row.key, events.apply(row.row))));
      }
    }

    private record Row(Key key, int row) {}

    private void keep(Listed<E> event) {
      kept.add(event);
      if (kept.size() > listing.size + 1) {
        kept.remove();
      }
    }

    Top<E> merge(Top<E> other) {
      other.kept.forEach(this::keep);
      rowsScanned += other.rowsScanned;
      return this;
    }
  }
}
