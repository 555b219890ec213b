package dev.millrace.server.storage.table;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets several threads read one state of the tables, one at a time. What they get stays valid
 * outside of the lock.
 */
public final class LockedReader implements TableReader {
  private final TableReader tables;
  private final ReentrantLock lock = new ReentrantLock();

  public LockedReader(TableReader tables) {
    this.tables = tables;
  }

  @Override
  public @Nullable ByteBuffer get(Table table, byte[] key) {
    lock.lock();
    try {
      return tables.get(table, key);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void scan(Table table, byte[] from, EntryVisitor visitor) {
    lock.lock();
    try {
      tables.scan(table, from, visitor);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void scanBackward(Table table, byte[] from, EntryVisitor visitor) {
    lock.lock();
    try {
      tables.scanBackward(table, from, visitor);
    } finally {
      lock.unlock();
    }
  }
}
