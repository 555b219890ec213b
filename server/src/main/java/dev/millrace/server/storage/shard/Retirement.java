package dev.millrace.server.storage.shard;

import dev.millrace.server.storage.segments.SegmentEntry;
import dev.millrace.server.storage.segments.SegmentSnapshot;
import dev.millrace.server.storage.segments.SegmentStore;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.WriteTransaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Removes blocks from the log that are sealed, some with each commit. Where events are is kept as
 * runs: a block that goes on where the one before ends needs no entry of its own any more.
 *
 * <p>{@link #step}, {@link #trim}, {@link #committed} and {@link #aborted} belong to the writer;
 * everything else is thread-safe.
 */
final class Retirement {
  private static final int RUNS_TRIMMED_MAX = 64;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Integer, Long> sealedTo = new LinkedHashMap<>();
  private int holds;
  // Looked at by the writer only, after something was removed.
  private boolean mayTrim;
  // What the transaction under way has finished.
  private @Nullable Due done;

  private record Due(int project, long sealedTo) {}

  /** A project is sealed up to a sequence. */
  void add(int project, long to) {
    lock.lock();
    try {
      sealedTo.merge(project, to, Math::max);
    } finally {
      lock.unlock();
    }
  }

  /** A project was sealed up to a sequence before the tables were opened. */
  void add(TableReader tables, int project, long to) {
    if (!blocks(tables, new Due(project, to), 1).isEmpty()) {
      add(project, to);
    }
  }

  /** Keeps blocks where they are until {@link #release}. */
  void hold() {
    lock.lock();
    try {
      holds++;
    } finally {
      lock.unlock();
    }
  }

  void release() {
    lock.lock();
    try {
      holds--;
    } finally {
      lock.unlock();
    }
  }

  boolean hasWork() {
    return next() != null;
  }

  private @Nullable Due next() {
    lock.lock();
    try {
      if (holds == 0) {
        for (Map.Entry<Integer, Long> entry : sealedTo.entrySet()) {
          return new Due(entry.getKey(), entry.getValue());
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Removes some blocks, if there are any to be removed. */
  void step(WriteTransaction transaction, int blocksMax) {
    Due due = next();
    if (due != null) {
      List<BlockEntry> blocks = blocks(transaction, due, blocksMax);
      blocks.forEach(block -> remove(transaction, block));
      done = blocks.size() < blocksMax ? due : null;
    }
  }

  private static List<BlockEntry> blocks(TableReader tables, Due due, int most) {
    List<BlockEntry> blocks = new ArrayList<>();
    tables.scan(
        Table.BLOCKS,
        Keys.inProject(due.project, 0),
        (key, value) -> {
          if (key.getInt(0) != due.project || key.getLong(4) >= due.sealedTo) {
            return false;
          }
          blocks.add(BlockEntry.decode(key, value));
          return blocks.size() < most;
        });
    return blocks;
  }

  private static void remove(WriteTransaction transaction, BlockEntry block) {
    for (int chunk = 0; chunk < block.chunks(); chunk++) {
      transaction.delete(Table.LOG, Keys.chunk(block.project(), block.firstSequence(), chunk));
    }
    transaction.delete(Table.BLOCKS, block.key());
    if (goesOn(transaction, block)) {
      transaction.delete(Table.ORDINALS, Keys.ordinal(block.firstOrdinal()));
    }
  }

  // Whether the run before leads to the block's events too.
  private static boolean goesOn(TableReader tables, BlockEntry block) {
    long first = block.firstOrdinal();
    boolean[] goesOn = new boolean[1];
    if (first > 0) {
      tables.scanBackward(
          Table.ORDINALS,
          Keys.ordinal(first - 1),
          (key, value) -> {
            goesOn[0] =
                value.getInt(0) == block.project()
                    && value.getLong(4) + (first - key.getLong(0)) == block.firstSequence();
            return false;
          });
    }
    return goesOn[0];
  }

  /**
   * Forgets where the oldest events are, if nobody may ask any more: nobody looks for ids that were
   * received before the window.
   *
   * @param oldestMicros where the window begins
   * @param flushedTo the first event whose id would be read again if the shard were opened now
   */
  void trim(
      WriteTransaction transaction, SegmentStore segments, long oldestMicros, long flushedTo) {
    if (!mayTrim) {
      return;
    }
    try (SegmentSnapshot sealed = segments.snapshot()) {
      for (int i = 0; i < RUNS_TRIMMED_MAX; i++) {
        LogReader.Run first = LogReader.firstRun(transaction, 0, Long.MAX_VALUE);
        if (first == null
            || first.endOrdinal() > flushedTo
            || newestReceived(transaction, sealed, first) >= oldestMicros) {
          mayTrim = false;
          return;
        }
        transaction.delete(Table.ORDINALS, Keys.ordinal(first.firstOrdinal()));
      }
    }
  }

  private static long newestReceived(
      TableReader tables, SegmentSnapshot sealed, LogReader.Run run) {
    long last = run.endSequence() - 1;
    BlockEntry block = LogReader.at(tables, run.project(), last);
    if (block != null) {
      return block.newestReceived();
    }
    SegmentEntry segment = sealed.at(run.project(), last);
    return segment == null ? Long.MIN_VALUE : segment.maxReceived();
  }

  /** The transaction is durable. */
  void committed() {
    Due finished = done;
    done = null;
    if (finished == null) {
      return;
    }
    mayTrim = true;
    lock.lock();
    try {
      sealedTo.remove(finished.project, finished.sealedTo);
    } finally {
      lock.unlock();
    }
  }

  /** The transaction has not happened. */
  void aborted() {
    done = null;
  }

  /** Forgets what is to be done. */
  void clear() {
    lock.lock();
    try {
      sealedTo.clear();
    } finally {
      lock.unlock();
    }
  }
}
