package dev.millrace.server.storage.node;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What waits for a shard's writer, in order. Thread-safe. */
final class ShardQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<ShardTask> tasks = new ArrayDeque<>();
  private final int eventsMax;
  private final long bytesMax;
  private long events;
  private long bytes;
  private boolean closed;
  private boolean woken;

  ShardQueue(int eventsMax, long bytesMax) {
    this.eventsMax = eventsMax;
    this.bytesMax = bytesMax;
  }

  /**
   * Whether there is room; always if nothing waits, so that a large batch isn't refused for ever.
   */
  boolean hasRoom(int moreEvents, long moreBytes) {
    lock.lock();
    try {
      return tasks.isEmpty() || (events + moreEvents <= eventsMax && bytes + moreBytes <= bytesMax);
    } finally {
      lock.unlock();
    }
  }

  void add(ShardTask task) {
    lock.lock();
    try {
      tasks.add(task);
      events += task.events();
      bytes += task.bytes();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes tasks up to a bound, at least one; waits for the first, or to be woken, if told to.
   *
   * @return empty if nothing waits, and there will never be anything if the queue is {@link #ended}
   */
  List<ShardTask> take(int commitEvents, long commitBytes, boolean wait) {
    lock.lock();
    try {
      while (wait && tasks.isEmpty() && !closed && !woken) {
        changed.awaitUninterruptibly();
      }
      woken = false;
      List<ShardTask> taken = new ArrayList<>();
      long takenEvents = 0;
      long takenBytes = 0;
      while (!tasks.isEmpty() && takenEvents < commitEvents && takenBytes < commitBytes) {
        ShardTask task = tasks.remove();
        taken.add(task);
        takenEvents += task.events();
        takenBytes += task.bytes();
      }
      events -= takenEvents;
      bytes -= takenBytes;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Lets a writer that waits for the first task look for other work. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets the writer end when it has taken everything. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean ended() {
    lock.lock();
    try {
      return closed && tasks.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  long events() {
    lock.lock();
    try {
      return events;
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }
}
