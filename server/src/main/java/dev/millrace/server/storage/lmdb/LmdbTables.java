package dev.millrace.server.storage.lmdb;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.storage.table.OpenSnapshots;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.Tables;
import dev.millrace.server.storage.table.WriteTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.ByteBufferProxy;
import org.lmdbjava.CopyFlags;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;
import org.lmdbjava.Stat;
import org.lmdbjava.Txn;

/**
 * Tables in an LMDB environment. A commit is synchronous, so it is durable when it returns.
 *
 * <p>Snapshots aren't bound to threads; a write transaction is, by LMDB's law.
 */
final class LmdbTables implements Tables {
  private static final int READERS_MAX = 2048;
  private static final int TABLES_MAX = 32;
  private static final int META_PAGES = 2;
  private static final String DATA = "data.mdb";

  private final Path directory;
  private final Set<Table> tables;
  private final long mapBytes;
  private final Duration closePatience;
  private final OpenSnapshots snapshots;
  private volatile Handles handles;

  private record Handles(Env<ByteBuffer> env, Dbi<ByteBuffer>[] dbis) {}

  /**
   * Opens an environment, made if it isn't there.
   *
   * @param tables those it has
   * @param mapBytes the most it can ever hold; address space, not memory
   * @throws StorageException.Corrupt if the file isn't a whole LMDB environment
   */
  static LmdbTables open(Path directory, Set<Table> tables, long mapBytes, Duration closePatience) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StorageException.Unavailable("can't make " + directory, e);
    }
    return new LmdbTables(directory, tables, mapBytes, closePatience);
  }

  private LmdbTables(Path directory, Set<Table> tables, long mapBytes, Duration closePatience) {
    this.tables = tables;
    this.directory = directory;
    this.mapBytes = mapBytes;
    this.closePatience = closePatience;
    this.snapshots = new OpenSnapshots(directory.toString());
    this.handles = openEnvironment();
  }

  private Handles openEnvironment() {
    Env<ByteBuffer> env = null;
    try {
      env =
          Env.create(ByteBufferProxy.PROXY_OPTIMAL)
              .setMapSize(mapBytes)
              .setMaxDbs(TABLES_MAX)
              .setMaxReaders(READERS_MAX)
              .open(directory.toFile(), EnvFlags.MDB_NOTLS);
      env.readerCheck();
      Handles opened = new Handles(env, openTables(env, tables));
      // LMDB syncs its file, but not the directory entry that leads to it.
      DurableFiles.sync(directory);
      DurableFiles.syncParent(directory);
      return opened;
    } catch (LmdbException e) {
      closeQuietly(env);
      throw LmdbErrors.map("can't open " + directory, e);
    } catch (IOException e) {
      closeQuietly(env);
      throw new StorageException.Unavailable("can't open " + directory, e);
    }
  }

  private static void closeQuietly(@Nullable Env<ByteBuffer> env) {
    if (env != null) {
      env.close();
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of generics
  private static Dbi<ByteBuffer>[] openTables(Env<ByteBuffer> env, Set<Table> tables) {
    Dbi<ByteBuffer>[] dbis = new Dbi[Table.values().length];
    for (Table table : tables) {
      dbis[table.ordinal()] =
          env.openDbi(table.name().toLowerCase(Locale.ROOT), DbiFlags.MDB_CREATE);
    }
    return dbis;
  }

  @Override
  public WriteTransaction begin() {
    Handles open = handles;
    try {
      return new LmdbTransactions.Write(directory.toString(), open.dbis, open.env.txnWrite());
    } catch (LmdbException e) {
      throw LmdbErrors.map("can't write to " + directory, e);
    }
  }

  @Override
  public ReadSnapshot snapshot() {
    Object key = snapshots.opened();
    try {
      Handles open = handles;
      return new LmdbTransactions.Read(
          directory.toString(), open.dbis, open.env.txnRead(), snapshots, key);
    } catch (LmdbException e) {
      snapshots.closed(key);
      throw LmdbErrors.map("can't read " + directory, e);
    }
  }

  @Override
  public Usage usage() {
    Duration oldest = snapshots.oldest();
    Object key = snapshots.opened();
    try {
      Handles open = handles;
      try (Txn<ByteBuffer> txn = open.env.txnRead()) {
        long used = META_PAGES;
        int pageSize = open.env.stat().pageSize;
        for (Table table : tables) {
          Stat stat = open.dbis[table.ordinal()].stat(txn);
          used += stat.branchPages + stat.leafPages + stat.overflowPages;
        }
        long pages = open.env.info().lastPageNumber + 1;
        return new Usage(pages * pageSize, Math.max(0, pages - used) * pageSize, oldest);
      }
    } catch (LmdbException e) {
      throw LmdbErrors.map("can't read " + directory, e);
    } finally {
      snapshots.closed(key);
    }
  }

  @Override
  public void copyTo(Path target) {
    Object key = snapshots.opened();
    try {
      Files.createDirectories(target);
      handles.env.copy(target.toFile(), CopyFlags.MDB_CP_COMPACT);
    } catch (LmdbException e) {
      throw LmdbErrors.map("can't copy to " + target, e);
    } catch (IOException e) {
      throw new StorageException.Unavailable("can't copy to " + target, e);
    } finally {
      snapshots.closed(key);
    }
  }

  @Override
  public void replaceFrom(Path source) {
    snapshots.shut(closePatience);
    try {
      Path arriving = directory.resolve("data.new");
      Files.copy(source.resolve(DATA), arriving, StandardCopyOption.REPLACE_EXISTING);
      DurableFiles.sync(arriving);
      handles.env.close();
      Files.move(arriving, directory.resolve(DATA), StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.sync(directory);
      handles = openEnvironment();
    } catch (IOException e) {
      throw new StorageException.Unavailable("can't adopt " + source, e);
    } finally {
      snapshots.reopen();
    }
  }

  @Override
  public void close() {
    snapshots.shut(closePatience);
    handles.env.close();
  }
}
