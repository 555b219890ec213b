package dev.millrace.server.live;

import dev.millrace.server.log.EventBlock;
import dev.millrace.v1.Event;

/** The part of the query language that streams of events need. Thread-safe. */
public interface EventReading {
  /**
   * Understands a condition.
   *
   * @param where a CEL expression; empty for all events
   * @throws dev.millrace.server.error.ApiException.InvalidArgument if it isn't one, naming the
   *     field {@code where}
   */
  Condition compile(String where);

  /** Gives back the events of a block. */
  Rows rows(EventBlock block);

  /** The events of a block by row. Belongs to the block, and is confined to its thread. */
  @FunctionalInterface
  interface Rows {
    Event event(int row);
  }

  /** Picks rows. Used by one thread at a time. */
  @FunctionalInterface
  interface Condition {
    /** The rows of a block that meet the condition, ascending. */
    int[] rows(EventBlock block);
  }
}
