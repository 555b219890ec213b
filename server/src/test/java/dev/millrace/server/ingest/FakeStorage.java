package dev.millrace.server.ingest;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Rejection;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Mutation;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.StorageStats;
import dev.millrace.server.storage.StoredRejection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A store in memory that commits when told to, and can be full. */
final class FakeStorage implements Storage {
  private final Set<Long> ids = new HashSet<>();
  private final Map<String, Long> producers = new HashMap<>();
  private final Deque<Runnable> pending = new ArrayDeque<>();
  private final List<StoredRejection> rejections = new ArrayList<>();
  private final List<EventBatch> batches = new ArrayList<>();
  private boolean held;
  private int overloads;
  private Duration retryAfter = Duration.ofMillis(1);
  private int applied;
  private long next;

  /** From here on batches wait for {@link #commit}. */
  synchronized void hold() {
    held = true;
  }

  /** Commits everything that waits, and from here on at once. */
  void release() {
    synchronized (this) {
      held = false;
    }
    while (waiting() > 0) {
      commit();
    }
  }

  /** Commits the oldest batch that waits. */
  void commit() {
    Runnable task;
    synchronized (this) {
      task = pending.removeFirst();
    }
    task.run();
  }

  /** Commits the newest batch that waits. */
  void commitNewest() {
    Runnable task;
    synchronized (this) {
      task = pending.removeLast();
    }
    task.run();
  }

  /** Refuses so many calls. */
  synchronized void overload(int times, Duration asked) {
    overloads = times;
    retryAfter = asked;
  }

  /** Calls of apply that were not refused. */
  synchronized int applied() {
    return applied;
  }

  synchronized int waiting() {
    return pending.size();
  }

  synchronized int overloadsLeft() {
    return overloads;
  }

  synchronized List<EventBatch> batches() {
    return List.copyOf(batches);
  }

  synchronized void keep(StoredRejection rejection) {
    rejections.addFirst(rejection);
  }

  @Override
  public synchronized CompletableFuture<Receipt> apply(Mutation mutation) {
    if (overloads > 0) {
      overloads--;
      throw new StorageException.Overloaded("full", retryAfter);
    }
    applied++;
    CompletableFuture<Receipt> future = new CompletableFuture<>();
    Runnable task =
        () -> {
          try {
            future.complete(run(mutation));
          } catch (StorageException e) {
            future.completeExceptionally(e);
          }
        };
    if (held) {
      pending.add(task);
    } else {
      task.run();
    }
    return future;
  }

  private synchronized Receipt run(Mutation mutation) {
    return switch (mutation) {
      case Mutation.AppendEvents append -> append(append.batch());
      case Mutation.DropRejections drop -> {
        rejections.removeIf(rejection -> drop.ids().contains(rejection.id()));
        yield new Receipt(new long[0], 0, 0, new Position(next));
      }
      case Mutation.DropEvents _ -> throw new AssertionError("ingest drops no events");
    };
  }

  private Receipt append(EventBatch batch) {
    if (batch.header().numbered()) {
      String producer = batch.header().producerId();
      long expected = producers.getOrDefault(producer, 0L) + 1;
      if (batch.header().batchNumber() > expected) {
        throw new StorageException.BatchGap(producer, batch.header().batchNumber(), expected);
      }
      producers.put(producer, Math.max(expected - 1, batch.header().batchNumber()));
    }
    batches.add(batch);
    long[] sequences = new long[batch.size()];
    int accepted = 0;
    int duplicates = 0;
    for (int row = 0; row < batch.size(); row++) {
      if (!batch.live(row)) {
        sequences[row] = Receipt.NOT_STORED;
      } else if (ids.add(batch.idHash(row))) {
        sequences[row] = next++;
        accepted++;
      } else {
        sequences[row] = Receipt.DUPLICATE;
        duplicates++;
      }
    }
    for (Rejection rejection : batch.rejections()) {
      keep(
          new StoredRejection(
              "r%06d".formatted(rejections.size()),
              rejection.reason(),
              rejection.field(),
              rejection.message(),
              batch.receivedMicros(),
              rejection.original(),
              rejection.format(),
              false));
    }
    return new Receipt(sequences, accepted, duplicates, new Position(next));
  }

  @Override
  public Snapshot snapshot(String project) {
    throw new AssertionError("ingest reads no events");
  }

  @Override
  public synchronized Position position(String project) {
    return new Position(next);
  }

  @Override
  public Registration onCommit(String project, Runnable listener) {
    return () -> {};
  }

  @Override
  public synchronized List<StoredRejection> rejections(
      String project, @Nullable String afterId, int limit) {
    return rejections.stream()
        .filter(rejection -> afterId == null || rejection.id().compareTo(afterId) < 0)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized List<StoredRejection> rejections(String project, List<String> wanted) {
    return rejections.stream().filter(rejection -> wanted.contains(rejection.id())).toList();
  }

  @Override
  public void copyTo(Path directory) {
    throw new AssertionError("ingest copies nothing");
  }

  @Override
  public StorageStats stats() {
    throw new AssertionError("ingest asks for no statistics");
  }

  @Override
  public void close() {}
}
