package dev.millrace.client;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a producer holds: the batch being filled, those ready to go, and those sent and not yet
 * acknowledged, all within a bound of bytes. Senders and the producer's thread meet here; every
 * method may be called from any thread.
 */
final class Backlog {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition work = lock.newCondition();

  private final int maxBatchEvents;
  private final int maxBatchBytes;
  private final long maxBufferedBytes;
  private final long lingerNanos;

  private final Deque<Batch> ready = new ArrayDeque<>();
  private final Deque<Batch> sent = new ArrayDeque<>();
  private @Nullable Batch open;
  private int lastBatchBytes = 4096;
  private long lastNumber;
  private long acknowledgedNumber;
  private long bufferedBytes;
  private long bufferedEvents;
  private int waitingSenders;
  private boolean closed;
  private boolean woken;
  private @Nullable ProducerException failure;

  Backlog(ProducerOptions options) {
    maxBatchEvents = options.maxBatchEvents();
    maxBatchBytes = options.maxBatchBytes();
    maxBufferedBytes = options.maxBufferedBytes();
    lingerNanos = options.linger().toNanos();
  }

  /**
   * Adds an event.
   *
   * @param wait whether to wait for room
   * @return false if there was no room
   */
  boolean add(Event event, boolean wait) throws InterruptedException {
    int bytes = Batch.sizeOf(event);
    if (bytes > maxBatchBytes) {
      throw new IllegalArgumentException(
          "an event of %d bytes doesn't fit into a batch of %d".formatted(bytes, maxBatchBytes));
    }
    lock.lockInterruptibly();
    try {
      refuseIfOver();
      while (bufferedBytes + bytes > maxBufferedBytes) {
        if (!wait) {
          return false;
        }
        awaitRoom();
      }
      append(event, bytes);
      return true;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private void awaitRoom() throws InterruptedException {
    waitingSenders++;
    try {
      wakeLocked(); // the open batch needn't wait for more: nothing more can come
      room.await();
    } finally {
      waitingSenders--;
    }
    refuseIfOver();
  }

  private void append(Event event, int bytes) {
    if (open != null && open.size() + bytes > maxBatchBytes) {
      closeOpen();
    }
    if (open == null) {
      open = new Batch(Math.max(lastBatchBytes, bytes), System.nanoTime());
      wakeLocked(); // so that the thread knows when the batch is due
    }
    open.add(event);
    bufferedBytes += bytes;
    bufferedEvents++;
    if (open.events() >= maxBatchEvents) {
      closeOpen();
    }
  }

  /** The next batch to send, which counts as sent from now on; null if none is due. */
  @Nullable Batch take(long nowNanos) {
    lock.lock();
    try {
      if (ready.isEmpty() && open != null && openDueNanos(nowNanos) <= 0) {
        closeOpen();
      }
      Batch next = ready.poll();
      if (next != null) {
        next.sentAt(nowNanos);
        sent.add(next);
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** Makes what was sent and not acknowledged ready to go again, in order. */
  void rewind() {
    lock.lock();
    try {
      while (!sent.isEmpty()) {
        ready.addFirst(sent.removeLast());
      }
    } finally {
      lock.unlock();
    }
  }

  /** The oldest batch sent; null if none is on its way. */
  @Nullable Batch oldestSent() {
    lock.lock();
    try {
      return sent.peek();
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of the oldest batch sent. */
  void acknowledged() {
    lock.lock();
    try {
      Batch batch = sent.remove();
      acknowledgedNumber = batch.number();
      bufferedBytes -= batch.size();
      bufferedEvents -= batch.events();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long acknowledgedNumber() {
    lock.lock();
    try {
      return acknowledgedNumber;
    } finally {
      lock.unlock();
    }
  }

  int inFlight() {
    lock.lock();
    try {
      return sent.size();
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing is left to send or to be acknowledged. */
  boolean isEmpty() {
    lock.lock();
    try {
      return bufferedEvents == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a batch could be sent now. */
  boolean hasDue(long nowNanos) {
    return dueNanos(nowNanos) <= 0;
  }

  /** Nanoseconds until a batch is due; 0 or less for now. */
  long dueNanos(long nowNanos) {
    lock.lock();
    try {
      if (!ready.isEmpty()) {
        return 0;
      }
      return open == null ? Long.MAX_VALUE : openDueNanos(nowNanos);
    } finally {
      lock.unlock();
    }
  }

  private long openDueNanos(long nowNanos) {
    Batch filling = requireNonNull(open, "open");
    return closed || waitingSenders > 0 ? 0 : filling.openedNanos + lingerNanos - nowNanos;
  }

  /**
   * Sends what is there without lingering, and waits until everything added before is acknowledged.
   *
   * @return false if the time ran out first
   */
  boolean flush(long timeoutNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      closeOpen();
      wakeLocked();
      long target = lastNumber;
      long left = timeoutNanos;
      while (acknowledgedNumber < target) {
        if (failure != null) {
          throw again(failure);
        }
        if (left <= 0) {
          return false;
        }
        left = room.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more events. */
  void close() {
    lock.lock();
    try {
      closed = true;
      room.signalAll();
      wakeLocked();
    } finally {
      lock.unlock();
    }
  }

  /** Gives up: wakes everyone who waits, and hands over all batches not acknowledged, in order. */
  List<Batch> fail(ProducerException cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
      }
      closeOpen();
      List<Batch> lost = new ArrayList<>(sent);
      lost.addAll(ready);
      sent.clear();
      ready.clear();
      bufferedBytes = 0;
      bufferedEvents = 0;
      room.signalAll();
      wakeLocked();
      return lost;
    } finally {
      lock.unlock();
    }
  }

  @Nullable ProducerException failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is something to do, or the time is over. */
  void awaitWork(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (!woken && left > 0) {
        left = work.awaitNanos(left);
      }
      woken = false;
    } finally {
      lock.unlock();
    }
  }

  void wake() {
    lock.lock();
    try {
      wakeLocked();
    } finally {
      lock.unlock();
    }
  }

  /** Fills in the figures that live here. */
  ProducerStats withBuffered(ProducerStats stats) {
    lock.lock();
    try {
      return new ProducerStats(
          stats.accepted(),
          stats.duplicates(),
          stats.filtered(),
          stats.rejected(),
          stats.batches(),
          stats.retries(),
          bufferedEvents,
          bufferedBytes);
    } finally {
      lock.unlock();
    }
  }

  private void closeOpen() {
    if (open != null) {
      open.number(++lastNumber);
      lastBatchBytes = open.size();
      ready.add(open);
      open = null;
      wakeLocked();
    }
  }

  private void wakeLocked() {
    woken = true;
    work.signal();
  }

  private void refuseIfOver() {
    if (failure != null) {
      throw again(failure);
    }
    if (closed) {
      throw new ProducerException(ProducerException.Reason.CLOSED, "the producer is closed", null);
    }
  }

  /** The failure anew, so that each caller gets a stack of its own. */
  private static ProducerException again(ProducerException failure) {
    return new ProducerException(failure.reason(), requireNonNull(failure.getMessage()), failure);
  }
}
