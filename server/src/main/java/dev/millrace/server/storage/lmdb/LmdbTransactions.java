package dev.millrace.server.storage.lmdb;

import dev.millrace.server.storage.table.OpenSnapshots;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.Dbi;
import org.lmdbjava.GetOp;
import org.lmdbjava.LmdbException;
import org.lmdbjava.SeekOp;
import org.lmdbjava.Txn;

/** Transactions on an environment. */
final class LmdbTransactions {
  private static final int KEY_BYTES_MAX = 511;

  private LmdbTransactions() {}

  static class Reader implements TableReader {
    final String what;
    final Dbi<ByteBuffer>[] tables;
    final Txn<ByteBuffer> txn;
    // Keys are handed over off the heap.
    private final ByteBuffer keyBuffer = ByteBuffer.allocateDirect(KEY_BYTES_MAX);

    Reader(String what, Dbi<ByteBuffer>[] tables, Txn<ByteBuffer> txn) {
      this.what = what;
      this.tables = tables;
      this.txn = txn;
    }

    final Dbi<ByteBuffer> dbi(Table table) {
      return tables[table.ordinal()];
    }

    final ByteBuffer key(byte[] key) {
      return keyBuffer.clear().put(key).flip();
    }

    @Override
    public @Nullable ByteBuffer get(Table table, byte[] key) {
      try {
        ByteBuffer value = dbi(table).get(txn, key(key));
        // The binding reuses its buffer, so the view needs one of its own.
        return value == null ? null : value.slice().asReadOnlyBuffer();
      } catch (LmdbException e) {
        throw LmdbErrors.map(what, e);
      }
    }

    @Override
    public void scan(Table table, byte[] from, EntryVisitor visitor) {
      try (Cursor<ByteBuffer> cursor = dbi(table).openCursor(txn)) {
        boolean found =
            from.length == 0 ? cursor.first() : cursor.get(key(from), GetOp.MDB_SET_RANGE);
        while (found && visit(cursor, visitor)) {
          found = cursor.next();
        }
      } catch (LmdbException e) {
        throw LmdbErrors.map(what, e);
      }
    }

    @Override
    public void scanBackward(Table table, byte[] from, EntryVisitor visitor) {
      try (Cursor<ByteBuffer> cursor = dbi(table).openCursor(txn)) {
        boolean found = seekFloor(cursor, from);
        while (found && visit(cursor, visitor)) {
          found = cursor.seek(SeekOp.MDB_PREV);
        }
      } catch (LmdbException e) {
        throw LmdbErrors.map(what, e);
      }
    }

    private boolean seekFloor(Cursor<ByteBuffer> cursor, byte[] from) {
      if (!cursor.get(key(from), GetOp.MDB_SET_RANGE)) {
        return cursor.last();
      }
      return cursor.key().equals(key(from)) || cursor.seek(SeekOp.MDB_PREV);
    }

    private static boolean visit(Cursor<ByteBuffer> cursor, EntryVisitor visitor) {
      return visitor.visit(
          cursor.key().slice().asReadOnlyBuffer(), cursor.val().slice().asReadOnlyBuffer());
    }
  }

  /** A snapshot. */
  static final class Read extends Reader implements ReadSnapshot {
    private final OpenSnapshots snapshots;
    private final Object key;
    private boolean open = true;

    Read(
        String what,
        Dbi<ByteBuffer>[] tables,
        Txn<ByteBuffer> txn,
        OpenSnapshots snapshots,
        Object key) {
      super(what, tables, txn);
      this.snapshots = snapshots;
      this.key = key;
    }

    @Override
    public void close() {
      if (open) {
        open = false;
        try {
          txn.close();
        } finally {
          snapshots.closed(key);
        }
      }
    }
  }

  /** A change. */
  static final class Write extends Reader implements WriteTransaction {
    Write(String what, Dbi<ByteBuffer>[] tables, Txn<ByteBuffer> txn) {
      super(what, tables, txn);
    }

    @Override
    public void put(Table table, byte[] key, ByteBuffer value) {
      try {
        dbi(table).reserve(txn, key(key), value.remaining()).put(value.duplicate());
      } catch (LmdbException e) {
        throw LmdbErrors.map(what, e);
      }
    }

    @Override
    public void delete(Table table, byte[] key) {
      try {
        dbi(table).delete(txn, key(key));
      } catch (LmdbException e) {
        throw LmdbErrors.map(what, e);
      }
    }

    @Override
    public void commit() {
      try {
        txn.commit();
      } catch (LmdbException e) {
        throw LmdbErrors.map(what, e);
      } finally {
        txn.close();
      }
    }

    @Override
    public void abort() {
      txn.close();
    }
  }
}
