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
import java.util.PriorityQueue;
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

  /** Sequences of a shard looked at for one message, by which it stops. */
  static final int ROWS_MAX = 1_000_000;

  private static final long WINDOW_MIN = 4096;

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
    Piece piece = new Piece(from);
    long window = WINDOW_MIN;
    while (piece.next < end && !piece.full() && piece.next - from < ROWS_MAX) {
      piece.read(view, Math.min(piece.next + window, Math.min(end, from + ROWS_MAX)));
      window *= 2;
    }
    return new Part(view.shard(), piece.next, piece.events);
  }

  private record Part(int shard, long nextSequence, List<Event> events) {}

  private record Found(long sequence, Event event, int bytes) {}

  /**
   * What one message gets of a shard. Sealed events don't come in the order of sequences, so each
   * stretch of sequences is gone through to its end, keeping the first events that there is room
   * for; stretches are short as long as events are found.
   */
  private final class Piece {
    private final List<Event> events = new ArrayList<>();
    private final PriorityQueue<Found> latestFirst =
        new PriorityQueue<>(Comparator.comparingLong(Found::sequence).reversed());
    private long next;
    private long bytes;

    Piece(long from) {
      this.next = from;
    }

    boolean full() {
      return events.size() == EVENTS_MAX || bytes >= BYTES_MAX;
    }

    /** Goes on to a sequence, or to the first event that there is no room for. */
    void read(ShardView view, long to) {
      long from = next;
      next = to;
      view.scan(
          new ScanRange(Long.MIN_VALUE, Long.MAX_VALUE, from, to),
          block -> {
            add(block, from);
            return true;
          });
      latestFirst.stream()
          .sorted(Comparator.comparingLong(Found::sequence))
          .map(Found::event)
          .forEach(events::add);
      latestFirst.clear();
    }

    private void add(EventBlock block, long from) {
      long[] sequences = block.sequences();
      EventReading.Rows found = null;
      for (int row : condition.rows(block)) {
        long sequence = sequences[row];
        if (sequence >= from && sequence < next) {
          if (found == null) {
            found = reading.rows(block);
          }
          Event event = found.event(row);
          Found kept = new Found(sequence, event, event.getSerializedSize());
          latestFirst.add(kept);
          bytes += kept.bytes;
          makeRoom();
        }
      }
    }

    private void makeRoom() {
      Found latest = latestFirst.element();
      while (events.size() + latestFirst.size() > EVENTS_MAX || bytes - latest.bytes >= BYTES_MAX) {
        latestFirst.remove();
        bytes -= latest.bytes;
        next = latest.sequence;
        latest = latestFirst.element();
      }
    }
  }
}
