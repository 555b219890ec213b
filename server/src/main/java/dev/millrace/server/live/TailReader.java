package dev.millrace.server.live;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.v1.Event;
import dev.millrace.v1.TailEventsResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads what follows a position, a bounded piece at a time. Confined to one thread at a time.
 *
 * <p>The limits of a piece bound the memory of a stream, the size of a message and the age of a
 * snapshot, also where a condition matches next to nothing.
 */
final class TailReader {
  /** Events of a shard in one message. */
  static final int EVENTS_MAX = 250;

  /** Serialised bytes of the events of a shard in one message, by which it stops. */
  static final int BYTES_MAX = 512 * 1024;

  /** Rows of a shard looked at for one message, by which it stops. */
  static final int ROWS_MAX = 1_000_000;

  private final EventReading reading;
  private final EventReading.Condition condition;
  private Position position;

  TailReader(EventReading reading, EventReading.Condition condition, Position from) {
    this.reading = reading;
    this.condition = condition;
    this.position = from;
  }

  /** Up to which state events have been looked at. */
  Position position() {
    return position;
  }

  /** Whether the state holds events that haven't been looked at. */
  boolean behind(Position state) {
    return !position.includes(state);
  }

  /**
   * Goes on from where the reader stands. The message has no events if none of those it saw match.
   */
  TailEventsResponse next(Snapshot snapshot) {
    List<Part> parts =
        snapshot.run(
            view -> List.of(read(view)), (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
    long[] next = new long[position.shards()];
    TailEventsResponse.Builder message = TailEventsResponse.newBuilder();
    for (Part part : parts) {
      next[part.shard()] = part.nextSequence();
      message.addAllEvents(part.events());
    }
    position = new Position(next);
    return message.setPosition(position.token()).build();
  }

  private Part read(ShardView view) {
    long from = position.nextSequence(view.shard());
    long end = view.nextSequence();
    if (from >= end) {
      return new Part(view.shard(), from, List.of());
    }
    Piece piece = new Piece(from, end);
    view.scan(new ScanRange(Long.MIN_VALUE, Long.MAX_VALUE, from, end), piece::visit);
    piece.events.sort(Comparator.comparingLong(Event::getSequence));
    return new Part(view.shard(), piece.next, piece.events);
  }

  private record Part(int shard, long nextSequence, List<Event> events) {}

  /** What one scan collects. */
  private final class Piece {
    private final long from;
    private final long end;
    private final List<Event> events = new ArrayList<>();
    private long next;
    private long rows;
    private long bytes;

    Piece(long from, long end) {
      this.from = from;
      this.end = end;
      this.next = end;
    }

    boolean visit(EventBlock block) {
      long[] sequences = block.sequences();
      EventReading.Rows found = null;
      for (int row : condition.rows(block)) {
        long sequence = sequences[row];
        if (sequence < from || sequence >= end) {
          continue;
        }
        if (events.size() == EVENTS_MAX || bytes >= BYTES_MAX) {
          next = sequence;
          return false;
        }
        if (found == null) {
          found = reading.rows(block);
        }
        Event event = found.event(row);
        events.add(event);
        bytes += event.getSerializedSize();
      }
      rows += block.rows();
      if (rows >= ROWS_MAX) {
        next = Math.min(end, block.maxSequence() + 1);
        return false;
      }
      return true;
    }
  }
}
