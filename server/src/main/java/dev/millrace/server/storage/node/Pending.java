package dev.millrace.server.storage.node;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.shard.Verdict;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A mutation under way on one or more shards: gathers what each made of it, and answers when the
 * last one has. Thread-safe.
 */
final class Pending {
  private final CompletableFuture<Receipt> future = new CompletableFuture<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Supplier<Position> position;
  private final String producer;
  private final long batchNumber;
  private final long epoch;
  private final long[] sequences;
  private int shardsLeft;
  private int accepted;
  private int duplicates;
  private @Nullable Throwable failure;

  /**
   * @param rows rows of the batch
   * @param shards how many shards are going to answer
   * @param position tells the project's state when all have
   */
  Pending(
      String producer,
      long epoch,
      long batchNumber,
      int rows,
      int shards,
      Supplier<Position> position) {
    this.producer = producer;
    this.epoch = epoch;
    this.batchNumber = batchNumber;
    this.sequences = new long[rows];
    this.shardsLeft = shards;
    this.position = position;
    Arrays.fill(sequences, Receipt.NOT_STORED);
  }

  CompletableFuture<Receipt> future() {
    return future;
  }

  /** A shard has committed. */
  void committed(int[] rows, int count, Verdict verdict) {
    boolean last;
    lock.lock();
    try {
      switch (verdict) {
        case Verdict.Appended appended -> {
          for (int i = 0; i < count; i++) {
            sequences[rows[i]] = appended.sequences()[i];
          }
          accepted += appended.accepted();
          duplicates += count - appended.accepted();
        }
        case Verdict.Gap gap ->
            fail(new StorageException.BatchGap(producer, batchNumber, gap.expected()));
        case Verdict.Fenced fenced ->
            fail(new StorageException.ProducerFenced(producer, epoch, fenced.currentEpoch()));
        case Verdict.Done _, Verdict.AlreadyApplied _ -> {}
      }
      last = --shardsLeft == 0;
    } finally {
      lock.unlock();
    }
    if (last) {
      answer();
    }
  }

  /** A shard couldn't. */
  void failed(Throwable cause) {
    boolean last;
    lock.lock();
    try {
      fail(cause);
      last = --shardsLeft == 0;
    } finally {
      lock.unlock();
    }
    if (last) {
      answer();
    }
  }

  // The earliest gap of several shards is the one to go on from, and a producer that was fenced off
  // needs
  // to know nothing else.
  private void fail(Throwable cause) {
    boolean worse =
        failure == null
            || (cause instanceof StorageException.ProducerFenced)
            || (cause instanceof StorageException.BatchGap found
                && (failure instanceof StorageException.BatchGap known
                    ? found.expected() < known.expected()
                    : !(failure instanceof StorageException.ProducerFenced)));
    if (worse) {
      failure = cause;
    }
  }

  private void answer() {
    Throwable cause = failure;
    if (cause != null) {
      future.completeExceptionally(cause);
    } else {
      future.complete(new Receipt(sequences, accepted, duplicates, position.get()));
    }
  }
}
