package dev.millrace.server.storage.node;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.storage.shard.ShardEngine;
import dev.millrace.server.storage.shard.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard's one writer: takes all that waits, applies it, commits once, and only then answers. A
 * platform thread, since LMDB wants a write transaction to stay on one.
 */
final class ShardWriter implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(ShardWriter.class);

  private final ShardEngine engine;
  private final ShardQueue queue;
  private final int commitEvents;
  private final long commitBytes;
  private final Consumer<Set<String>> listeners;
  private boolean maintenanceFails;

  /**
   * @param listeners told the projects that got events, after they were answered
   */
  ShardWriter(
      ShardEngine engine,
      ShardQueue queue,
      int commitEvents,
      long commitBytes,
      Consumer<Set<String>> listeners) {
    this.engine = engine;
    this.queue = queue;
    this.commitEvents = commitEvents;
    this.commitBytes = commitBytes;
    this.listeners = listeners;
  }

  @Override
  public void run() {
    while (!queue.ended()) {
      boolean idleWork = !maintenanceFails && engine.needsMaintenance();
      List<ShardTask> group = queue.take(commitEvents, commitBytes, !idleWork);
      if (!group.isEmpty()) {
        write(group);
        maintenanceFails = false;
      } else if (idleWork) {
        maintain();
      }
    }
  }

  private void maintain() {
    try {
      engine.maintain();
    } catch (RuntimeException e) {
      // Waits for the next commit, which tries again.
      maintenanceFails = true;
      log.warn("Remembered ids couldn't be written out", e);
    }
  }

  private void write(List<ShardTask> group) {
    List<Verdict> verdicts = new ArrayList<>(group.size());
    Set<String> grown;
    try {
      for (ShardTask task : group) {
        verdicts.add(engine.apply(engine.position(), task.mutation()));
      }
      grown = engine.commit();
    } catch (StorageException.Full | StorageException.Unavailable e) {
      engine.abort();
      log.warn("A commit of {} batches failed", group.size(), e);
      group.forEach(task -> task.pending().failed(e));
      return;
    } catch (RuntimeException | Error e) {
      engine.abort();
      writeOneByOne(group, e);
      return;
    }
    answer(group, verdicts, grown);
  }

  // One of them can't be applied; it mustn't take the others with it.
  private void writeOneByOne(List<ShardTask> group, Throwable cause) {
    if (group.size() == 1) {
      log.error("A batch can't be applied", cause);
      group.getFirst().pending().failed(typed(cause));
    } else {
      group.forEach(task -> write(List.of(task)));
    }
  }

  private static Throwable typed(Throwable cause) {
    return cause instanceof StorageException
        ? cause
        : new StorageException.Unavailable("the batch can't be applied", cause);
  }

  private void answer(List<ShardTask> group, List<Verdict> verdicts, Set<String> grown) {
    for (int i = 0; i < group.size(); i++) {
      ShardTask task = group.get(i);
      try {
        task.pending().committed(task.rows(), task.events(), verdicts.get(i));
      } catch (RuntimeException e) {
        log.error("Whoever waited for a batch failed", e);
      }
    }
    listeners.accept(grown);
  }
}
