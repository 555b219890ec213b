package dev.millrace.server.storage;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.Position;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Everything the server keeps. Thread-safe.
 *
 * <p>What a receipt acknowledges is on disk and part of every snapshot opened after.
 */
public interface Storage extends AutoCloseable {
  /**
   * Hands a mutation to the writers of the shards it concerns; to all of them or to none. The batch
   * of {@link Mutation.AppendEvents} must be stamped and hashed, and not be changed any more.
   *
   * <p>The future completes on a thread of the store, which must not be held up. It fails with
   * {@link StorageException.BatchGap} or {@link StorageException.ProducerFenced} if the producer's
   * numbers don't fit, and with {@link StorageException.Unavailable} if nothing could be made
   * durable; the same batch may be sent again then.
   *
   * @throws StorageException.Overloaded the queues are full: nothing was taken, try again later
   */
  CompletableFuture<Receipt> apply(Mutation mutation);

  /**
   * Opens a stable view of a project. Close it soon: an open view holds back reclaimed space.
   *
   * @throws StorageException.Unavailable if the store is closing or broken
   */
  Snapshot snapshot(String project);

  /** The project's latest durable state; cheap. */
  Position position(String project);

  /**
   * Calls a listener after every commit that adds events to the project, on a thread of the store;
   * the events are visible by then. The listener must return at once. Close the registration to end
   * it.
   */
  Registration onCommit(String project, Runnable listener);

  /** Rejected events of a project, latest first. */
  List<StoredRejection> rejections(String project, @Nullable String afterId, int limit);

  /** Those of the rejected events that are (still) kept, in the order of the ids. */
  List<StoredRejection> rejections(String project, List<String> ids);

  /**
   * Copies all shards into an empty directory, each as of its latest durable state, while
   * everything goes on. What a receipt acknowledged before is part of the copy.
   *
   * @throws StorageException.Full if there is no room for the copy
   * @throws StorageException.Unavailable if it can't be made for another reason
   */
  void copyTo(Path directory);

  /** How the store is doing; cheap enough for every scrape of the metrics. */
  StorageStats stats();

  /**
   * Stops taking mutations, finishes those it has, waits for readers, and lets go of everything.
   */
  @Override
  void close();

  /** Something to be ended by closing it. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
