package dev.millrace.server.storage;

import dev.millrace.server.log.EventBlock;

/** The project's events on one shard, as of a snapshot. Confined to the thread it was given to. */
public interface ShardView {
  /** The shard's number, from 0. */
  int shard();

  /** The first sequence that isn't part of the view. */
  long nextSequence();

  /** The number of the project's events. */
  long events();

  /**
   * Visits the blocks that may hold events of a time and sequence range, in the order of
   * acceptance. Blocks outside are skipped unread, but a visited block may hold rows outside: the
   * visitor checks.
   */
  void scan(ScanRange range, BlockVisitor visitor);

  /**
   * What to visit: event times [fromTime, toTime) in microseconds since 1970 and sequences
   * [fromSequence, toSequence).
   */
  record ScanRange(long fromTime, long toTime, long fromSequence, long toSequence) {
    /** Everything. */
    public static final ScanRange ALL =
        new ScanRange(Long.MIN_VALUE, Long.MAX_VALUE, 0, Long.MAX_VALUE);
  }

  /** Sees one block after the other. */
  @FunctionalInterface
  interface BlockVisitor {
    /**
     * @return whether to go on
     */
    boolean visit(EventBlock block);
  }
}
