package dev.millrace.server.storage;

import dev.millrace.server.log.EventBlock;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;

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
   * Sees the same blocks as {@link #scan}, in no particular order, on as many threads as the store
   * has to spare. An exception of any of them ends all and comes out of here.
   *
   * @param fresh an accumulator that has seen nothing; asked for once by each thread taking part
   * @param visitor adds a block to its thread's accumulator
   * @param merge puts two accumulators together; called by one thread
   */
  default <R> R fold(
      ScanRange range, Supplier<R> fresh, FoldVisitor<R> visitor, BinaryOperator<R> merge) {
    R accumulator = fresh.get();
    scan(
        range,
        block -> {
          visitor.visit(accumulator, block);
          return true;
        });
    return accumulator;
  }

  /**
   * Visits the same blocks as {@link #scan} in the order of time: oldest first by their earliest
   * event, newest first by their latest. So at a block that begins after a time (ends before it, if
   * newest first) it's certain that no block to come has an event up to (from) that time, and the
   * visitor may end.
   *
   * <p>This default passes over all blocks again for each that it visits. A store that knows the
   * times of its blocks without reading them does better.
   */
  default void scanByTime(ScanRange range, boolean newestFirst, BlockVisitor visitor) {
    TimeOrder.scan(this, range, newestFirst, visitor);
  }

  /**
   * What to visit: event times [fromTime, toTime) in microseconds since 1970 and sequences
   * [fromSequence, toSequence).
   */
  record ScanRange(long fromTime, long toTime, long fromSequence, long toSequence) {
    /** Everything. */
    public static final ScanRange ALL =
        new ScanRange(Long.MIN_VALUE, Long.MAX_VALUE, 0, Long.MAX_VALUE);
  }

  /** Sees blocks, with the accumulator of the thread it's on. */
  @FunctionalInterface
  interface FoldVisitor<R> {
    void visit(R accumulator, EventBlock block);
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
