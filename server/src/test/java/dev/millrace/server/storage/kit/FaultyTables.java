package dev.millrace.server.storage.kit;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.Tables;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tables of which one call of a write transaction fails, or says when commits have returned. */
public final class FaultyTables implements Tables {
  private final Tables tables;
  private Supplier<? extends RuntimeException> fault =
      () -> new StorageException.Full("test", null);
  private final AtomicInteger callsLeft = new AtomicInteger(Integer.MAX_VALUE);
  private volatile Runnable afterCommit = () -> {};
  private volatile Runnable afterCopy = () -> {};

  public FaultyTables(Tables tables) {
    this.tables = tables;
  }

  /** Lets calls succeed and fails every one after them, until told otherwise. */
  public void failAfter(int calls, Supplier<? extends RuntimeException> with) {
    fault = with;
    callsLeft.set(calls);
  }

  public void work() {
    callsLeft.set(Integer.MAX_VALUE);
  }

  /** Whether the fault has been met. */
  public boolean failed() {
    return callsLeft.get() < 0;
  }

  public void afterCommit(Runnable action) {
    afterCommit = action;
  }

  public void afterCopy(Runnable action) {
    afterCopy = action;
  }

  private void call() {
    if (callsLeft.get() != Integer.MAX_VALUE && callsLeft.decrementAndGet() < 0) {
      throw fault.get();
    }
  }

  @Override
  public WriteTransaction begin() {
    call();
    return new Write(tables.begin());
  }

  @Override
  public ReadSnapshot snapshot() {
    return tables.snapshot();
  }

  @Override
  public Usage usage() {
    return tables.usage();
  }

  @Override
  public void copyTo(Path directory) {
    tables.copyTo(directory);
    afterCopy.run();
  }

  @Override
  public void replaceFrom(Path directory) {
    tables.replaceFrom(directory);
  }

  @Override
  public void close() {
    tables.close();
  }

  private final class Write implements WriteTransaction {
    private final WriteTransaction transaction;

    Write(WriteTransaction transaction) {
      this.transaction = transaction;
    }

    @Override
    public @Nullable ByteBuffer get(Table table, byte[] key) {
      call();
      return transaction.get(table, key);
    }

    @Override
    public void scan(Table table, byte[] from, TableReader.EntryVisitor visitor) {
      call();
      transaction.scan(table, from, visitor);
    }

    @Override
    public void scanBackward(Table table, byte[] from, TableReader.EntryVisitor visitor) {
      call();
      transaction.scanBackward(table, from, visitor);
    }

    @Override
    public void put(Table table, byte[] key, ByteBuffer value) {
      call();
      transaction.put(table, key, value);
    }

    @Override
    public void delete(Table table, byte[] key) {
      call();
      transaction.delete(table, key);
    }

    @Override
    public void commit() {
      try {
        call();
      } catch (RuntimeException e) {
        transaction.abort();
        throw e;
      }
      transaction.commit();
      afterCommit.run();
    }

    @Override
    public void abort() {
      transaction.abort();
    }
  }
}
