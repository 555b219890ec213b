package dev.millrace.server.storage.shard;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Kind;
import dev.millrace.server.event.TextField;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.log.segment.Segment;
import dev.millrace.server.storage.dedup.RememberedIds;
import dev.millrace.server.storage.segments.SegmentEntry;
import dev.millrace.server.storage.segments.SegmentSnapshot;
import dev.millrace.server.storage.segments.SegmentStore;
import dev.millrace.server.storage.table.TableReader;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Says whether an event is stored already, by looking at every event that the remembered ids
 * suggest: two ids with one hash never cost an event. Good for one transaction. Not thread-safe.
 */
final class StoredIds implements AutoCloseable {
  private static final int BLOCKS_MAX = 8;

  private final TableReader tables;
  private final SegmentStore store;
  private final RememberedIds ids;
  private final long windowMicros;
  private final long nextOrdinal;
  private long oldestMicros;
  // A batch that is sent again has its events in a few blocks.
  private final Deque<Opened> opened = new ArrayDeque<>();
  private @Nullable SegmentSnapshot segments;

  /** A block of the log or a piece of a segment. */
  private record Opened(
      int project,
      long minSequence,
      long maxSequence,
      boolean ascending,
      long[] sequences,
      long[] received,
      ValueVector eventIds,
      ValueVector userIds) {
    Opened(int project, EventBlock block, boolean ascending) {
      this(
          project,
          block.minSequence(),
          block.maxSequence(),
          ascending,
          block.sequences(),
          block.receivedTimes(),
          block.column(Column.Core.EVENT_ID),
          block.column(Column.Core.USER_ID));
    }

    /** The row of a sequence, or -1. */
    int row(long sequence) {
      if (sequence < minSequence || sequence > maxSequence) {
        return -1;
      }
      if (ascending) {
        return (int) (sequence - minSequence);
      }
      for (int row = 0; row < sequences.length; row++) {
        if (sequences[row] == sequence) {
          return row;
        }
      }
      return -1;
    }
  }

  /**
   * @param windowMicros events that were received longer ago don't count any more
   * @param nextOrdinal the ordinal of the next event as far as the log is durable
   */
  StoredIds(
      TableReader tables,
      SegmentStore store,
      RememberedIds ids,
      long windowMicros,
      long nextOrdinal) {
    this.tables = tables;
    this.store = store;
    this.ids = ids;
    this.windowMicros = windowMicros;
    this.nextOrdinal = nextOrdinal;
  }

  /** Sets the clock. */
  StoredIds at(long nowMicros) {
    oldestMicros = nowMicros - windowMicros;
    return this;
  }

  boolean contains(long hash, int project, EventBatch batch, int row) {
    boolean[] found = new boolean[1];
    ids.find(
        tables,
        hash,
        ordinal -> {
          found[0] = isSame(ordinal, project, batch, row);
          return !found[0];
        });
    return found[0];
  }

  private boolean isSame(long ordinal, int project, EventBatch batch, int row) {
    LogReader.Run run = LogReader.atOrdinal(tables, ordinal, nextOrdinal);
    if (run == null || run.project() != project) {
      return false;
    }
    long sequence = run.sequence(ordinal);
    for (Opened block : opened) {
      int at = block.project == project ? block.row(sequence) : -1;
      if (at >= 0) {
        return isSame(block, at, batch, row);
      }
    }
    Opened block = open(project, sequence);
    return block != null && isSame(block, block.row(sequence), batch, row);
  }

  private boolean isSame(Opened block, int at, EventBatch batch, int row) {
    return block.received[at] >= oldestMicros
        && same(block.eventIds, at, batch.textString(TextField.EVENT_ID, row))
        && same(block.userIds, at, batch.textString(TextField.USER_ID, row));
  }

  private static boolean same(ValueVector stored, int at, @Nullable String text) {
    return stored.kind(at) == Kind.TEXT
        ? stored.dictionary().text(stored.code(at)).equals(text)
        : text == null;
  }

  // Null if the event has been dropped for its age.
  private @Nullable Opened open(int project, long sequence) {
    BlockEntry entry = LogReader.at(tables, project, sequence);
    Opened fresh =
        entry == null
            ? sealed(project, sequence)
            : new Opened(project, LogReader.open(tables, entry), true);
    if (fresh != null) {
      if (opened.size() == BLOCKS_MAX) {
        opened.removeLast();
      }
      opened.addFirst(fresh);
    }
    return fresh;
  }

  private @Nullable Opened sealed(int project, long sequence) {
    SegmentSnapshot snapshot = segments;
    if (snapshot == null) {
      // Later than the transaction, so it has all that the log doesn't have any more.
      snapshot = store.snapshot();
      segments = snapshot;
    }
    SegmentEntry entry = snapshot.at(project, sequence);
    if (entry == null) {
      return null;
    }
    Segment segment = snapshot.open(entry);
    int row = segment.locate(sequence)[0];
    return row == Segment.NOT_FOUND
        ? null
        : new Opened(project, segment.piece(row / segment.pieceRows()), false);
  }

  @Override
  public void close() {
    opened.clear();
    SegmentSnapshot snapshot = segments;
    segments = null;
    if (snapshot != null) {
      snapshot.close();
    }
  }
}
