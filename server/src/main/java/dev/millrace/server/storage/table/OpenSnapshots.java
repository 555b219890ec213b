package dev.millrace.server.storage.table;

import dev.millrace.server.error.StorageException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the open snapshots of a backend, so that it can be closed only when none of them could
 * read what is gone. Thread-safe.
 */
public final class OpenSnapshots {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Object, Long> openedNanos = new LinkedHashMap<>();
  private final String what;
  private boolean closed;

  /**
   * @param what the backend's name, for messages
   */
  public OpenSnapshots(String what) {
    this.what = what;
  }

  /**
   * Notes a snapshot.
   *
   * @return the key to give to {@link #closed}
   * @throws StorageException.Unavailable if no more may be opened
   */
  public Object opened() {
    lock.lock();
    try {
      if (closed) {
        throw new StorageException.Unavailable(what + " is closed", null);
      }
      Object key = new Object();
      openedNanos.put(key, System.nanoTime());
      return key;
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a snapshot was closed. */
  public void closed(Object key) {
    lock.lock();
    try {
      openedNanos.remove(key);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How long the oldest open snapshot has been open; zero if there is none. */
  public Duration oldest() {
    lock.lock();
    try {
      // In the order of opening, so the first is the oldest.
      for (long opened : openedNanos.values()) {
        return Duration.ofNanos(System.nanoTime() - opened);
      }
      return Duration.ZERO;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets no more be opened and waits until none is.
   *
   * @throws StorageException.Unavailable if that takes too long; snapshots may be opened again then
   */
  public void shut(Duration patience) {
    lock.lock();
    try {
      closed = true;
      long left = patience.toNanos();
      while (!openedNanos.isEmpty()) {
        if (left <= 0) {
          closed = false;
          throw new StorageException.Unavailable(
              what + " can't be closed, snapshots are still open: " + openedNanos.size(), null);
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = false;
      Thread.currentThread().interrupt();
      throw new StorageException.Unavailable(what + ": interrupted while closing", e);
    } finally {
      lock.unlock();
    }
  }

  /** Lets snapshots be opened again. */
  public void reopen() {
    lock.lock();
    try {
      closed = false;
    } finally {
      lock.unlock();
    }
  }
}
