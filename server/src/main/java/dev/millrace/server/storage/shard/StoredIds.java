package dev.millrace.server.storage.shard;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Kind;
import dev.millrace.server.event.TextField;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.storage.dedup.RememberedIds;
import dev.millrace.server.storage.table.TableReader;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Says whether an event is stored already, by looking at every event that the remembered ids
 * suggest: two ids with one hash never cost an event. Good for one transaction. Not thread-safe.
 */
final class StoredIds {
  private static final int BLOCKS_MAX = 8;

  private final TableReader tables;
  private final RememberedIds ids;
  private final long windowMicros;
  private long oldestMicros;
  // A batch that is sent again has its events in a few blocks.
  private final Deque<Opened> opened = new ArrayDeque<>();

  private record Opened(
      BlockEntry entry, long[] received, ValueVector eventIds, ValueVector userIds) {}

  /**
   * @param windowMicros events that were received longer ago don't count any more
   */
  StoredIds(TableReader tables, RememberedIds ids, long windowMicros) {
    this.tables = tables;
    this.ids = ids;
    this.windowMicros = windowMicros;
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
    Opened block = block(ordinal);
    if (block == null || block.entry.project() != project) {
      return false;
    }
    int at = Math.toIntExact(ordinal - block.entry.firstOrdinal());
    return block.received[at] >= oldestMicros
        && same(block.eventIds, at, batch.textString(TextField.EVENT_ID, row))
        && same(block.userIds, at, batch.textString(TextField.USER_ID, row));
  }

  private static boolean same(ValueVector stored, int at, @Nullable String text) {
    return stored.kind(at) == Kind.TEXT
        ? stored.dictionary().text(stored.code(at)).equals(text)
        : text == null;
  }

  private @Nullable Opened block(long ordinal) {
    for (Opened block : opened) {
      long first = block.entry.firstOrdinal();
      if (ordinal >= first && ordinal < first + block.entry.rows()) {
        return block;
      }
    }
    BlockEntry entry = LogReader.atOrdinal(tables, ordinal);
    if (entry == null) {
      return null;
    }
    EventBlock block = LogReader.open(tables, entry);
    Opened fresh =
        new Opened(
            entry,
            block.receivedTimes(),
            block.column(Column.Core.EVENT_ID),
            block.column(Column.Core.USER_ID));
    if (opened.size() == BLOCKS_MAX) {
      opened.removeLast();
    }
    opened.addFirst(fresh);
    return fresh;
  }
}
