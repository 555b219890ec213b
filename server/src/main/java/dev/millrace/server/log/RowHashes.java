package dev.millrace.server.log;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventHashes;
import dev.millrace.server.event.Kind;

/**
 * The hashes of stored events, the same as {@link EventHashes} gives for a batch: what remembers
 * event ids can be made again from the log, and a presumed duplicate be verified.
 */
public final class RowHashes {
  private RowHashes() {}

  /** What {@link EventBatch#idHash} was for each row. */
  public static long[] idHashes(EventBlock block) {
    ValueVector ids = block.column(Column.Core.EVENT_ID);
    ValueVector users = block.column(Column.Core.USER_ID);
    long[] hashes = new long[block.rows()];
    for (int row = 0; row < hashes.length; row++) {
      hashes[row] = EventHashes.combine(textHash(ids, row), textHash(users, row));
    }
    return hashes;
  }

  /**
   * What {@link EventBatch#userHash} was for each row: of the user, else the session, else the id.
   */
  public static long[] userHashes(EventBlock block) {
    ValueVector users = block.column(Column.Core.USER_ID);
    ValueVector sessions = block.column(Column.Core.SESSION_ID);
    ValueVector ids = block.column(Column.Core.EVENT_ID);
    long[] hashes = new long[block.rows()];
    for (int row = 0; row < hashes.length; row++) {
      ValueVector route = isText(users, row) ? users : isText(sessions, row) ? sessions : ids;
      hashes[row] = textHash(route, row);
    }
    return hashes;
  }

  private static boolean isText(ValueVector vector, int row) {
    return vector.kind(row) == Kind.TEXT;
  }

  private static long textHash(ValueVector vector, int row) {
    return isText(vector, row) ? vector.dictionary().hash(vector.code(row)) : 0;
  }
}
