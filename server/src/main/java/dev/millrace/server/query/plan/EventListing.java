package dev.millrace.server.query.plan;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.Position;
import dev.millrace.server.query.expression.BlockColumns;
import dev.millrace.server.query.expression.EventFilter;
import dev.millrace.server.query.expression.ScanMemory;
import dev.millrace.server.query.time.TimeSpan;
import dev.millrace.server.query.time.ZoneOffsets;
import dev.millrace.server.query.vector.Mask;
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
 * Lists single events in the order of (time, sequence, shard), some at a time. Blocks are gone over
 * by time from where the page before ended, so what a page costs doesn't depend on how many came
 * before it; only the rows that may be among the first are read as whole events.
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

  /** Where events that aren't on earlier pages are. */
  private ShardView.ScanRange unseen(long toSequence) {
    long from = span.from();
    long to = span.to();
    if (after != null && newestFirst) {
      to = Math.min(to, after.time() + 1);
    } else if (after != null) {
      from = Math.max(from, after.time());
    }
    return new ShardView.ScanRange(from, to, 0, toSequence);
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

    /** Goes over blocks by time until no other can hold an event of the page. */
    void scan(ShardView view, long toSequence, Budget budget) {
      ScanMemory memory = new ScanMemory(new ZoneOffsets(ZoneId.of("UTC")));
      view.scanByTime(
          listing.unseen(toSequence),
          listing.newestFirst,
          block -> {
            budget.check();
            if (full() && beyondWorst(listing.newestFirst ? block.maxTime() : block.minTime())) {
              return false;
            }
            rowsScanned += block.rows();
            add(new BlockColumns(block, memory), toSequence);
            return true;
          });
    }

    private boolean full() {
      return kept.size() > listing.size;
    }

    /** Whether an event of a time comes after all that are kept. */
    private boolean beyondWorst(long time) {
      long worst = kept.element().key().time();
      return listing.newestFirst ? time < worst : time > worst;
    }

    private void add(BlockColumns columns, long toSequence) {
      EventBlock block = columns.block();
      Mask mask = listing.filter.test(columns);
      int rows = block.rows();
      long[] times = block.times();
      long[] sequences = block.sequences();
      PriorityQueue<Row> best =
          new PriorityQueue<>(Comparator.comparing(Row::key, order.reversed()));
      for (int i = 0; i < rows; i++) {
        // From the end that is listed first: most rows of a sorted block are then told by their
        // time.
        int row = listing.newestFirst ? rows - 1 - i : i;
        if (!mask.test(row)
            || sequences[row] >= toSequence
            || !listing.span.contains(times[row])
            || (full() && beyondWorst(times[row]))) {
          continue;
        }
        Key key = new Key(times[row], sequences[row], shard);
        boolean unseen = listing.after == null || order.compare(key, listing.after) > 0;
        if (unseen && (!full() || order.compare(key, kept.element().key()) < 0)) {
          offer(best, new Row(key, row));
        }
      }
      if (!best.isEmpty()) {
        IntFunction<E> events = reader.of(block);
        best.forEach(row -> keep(new Listed<>(row.key, events.apply(row.row))));
      }
    }

    private void offer(PriorityQueue<Row> best, Row row) {
      if (best.size() <= listing.size) {
        best.add(row);
      } else if (order.compare(row.key, best.element().key()) < 0) {
        best.remove();
        best.add(row);
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
