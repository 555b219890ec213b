package dev.millrace.server.storage.memory;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.storage.table.OpenSnapshots;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.Tables;
import dev.millrace.server.storage.table.WriteTransaction;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Tables as immutable maps; a commit replaces them all at once. */
public final class MemoryTables implements Tables {
  private static final byte[] FIRST = new byte[0];
  private static final String FILE = "tables";

  private final OpenSnapshots snapshots = new OpenSnapshots("memory tables");
  private final Duration closePatience;
  private volatile SortedBytes[] committed = empty();
  private volatile long bytes;

  public MemoryTables(Duration closePatience) {
    this.closePatience = closePatience;
  }

  private static SortedBytes[] empty() {
    SortedBytes[] maps = new SortedBytes[Table.values().length];
    Arrays.fill(maps, SortedBytes.EMPTY);
    return maps;
  }

  @Override
  public WriteTransaction begin() {
    return new Write(committed.clone());
  }

  @Override
  public ReadSnapshot snapshot() {
    return new Read(snapshots.opened(), committed);
  }

  @Override
  public Usage usage() {
    return new Usage(bytes, 0, snapshots.oldest());
  }

  @Override
  public void copyTo(Path directory) {
    SortedBytes[] maps = committed;
    try (DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(Files.newOutputStream(directory.resolve(FILE))))) {
      for (int i = 0; i < maps.length; i++) {
        int table = i;
        maps[i].ascend(FIRST, (key, value) -> write(out, table, key, value));
      }
      out.writeByte(maps.length);
    } catch (IOException e) {
      throw new StorageException.Unavailable("can't copy to " + directory, e);
    }
  }

  private static boolean write(DataOutputStream out, int table, byte[] key, byte[] value) {
    try {
      out.writeByte(table);
      out.writeShort(key.length);
      out.write(key);
      out.writeInt(value.length);
      out.write(value);
      return true;
    } catch (IOException e) {
      throw new StorageException.Unavailable("can't copy", e);
    }
  }

  @Override
  public void replaceFrom(Path directory) {
    SortedBytes[] maps = empty();
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(directory.resolve(FILE))))) {
      for (int table = in.readByte(); table < maps.length; table = in.readByte()) {
        byte[] key = in.readNBytes(in.readUnsignedShort());
        maps[table] = maps[table].with(key, in.readNBytes(in.readInt()));
      }
    } catch (IOException e) {
      throw new StorageException.Corrupt("the copy in " + directory, e);
    }
    committed = maps;
  }

  @Override
  public void close() {
    snapshots.shut(closePatience);
  }

  private static class Reader implements TableReader {
    final SortedBytes[] maps;

    Reader(SortedBytes[] maps) {
      this.maps = maps;
    }

    @Override
    public @Nullable ByteBuffer get(Table table, byte[] key) {
      byte[] value = maps[table.ordinal()].get(key);
      return value == null ? null : ByteBuffer.wrap(value).asReadOnlyBuffer();
    }

    @Override
    public void scan(Table table, byte[] from, EntryVisitor visitor) {
      maps[table.ordinal()].ascend(from, (key, value) -> visit(visitor, key, value));
    }

    @Override
    public void scanBackward(Table table, byte[] from, EntryVisitor visitor) {
      maps[table.ordinal()].descend(from, (key, value) -> visit(visitor, key, value));
    }

    private static boolean visit(EntryVisitor visitor, byte[] key, byte[] value) {
      return visitor.visit(
          ByteBuffer.wrap(key).asReadOnlyBuffer(), ByteBuffer.wrap(value).asReadOnlyBuffer());
    }
  }

  private final class Read extends Reader implements ReadSnapshot {
    private final Object key;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Read(Object key, SortedBytes[] maps) {
      super(maps);
      this.key = key;
    }

    @Override
    public void close() {
      if (open.compareAndSet(true, false)) {
        snapshots.closed(key);
      }
    }
  }

  private final class Write extends Reader implements WriteTransaction {
    private long grown;

    Write(SortedBytes[] maps) {
      super(maps);
    }

    @Override
    public void put(Table table, byte[] key, ByteBuffer value) {
      byte[] copy = new byte[value.remaining()];
      value.get(value.position(), copy);
      byte[] previous = maps[table.ordinal()].get(key);
      grown += copy.length - (previous == null ? -key.length : previous.length);
      maps[table.ordinal()] = maps[table.ordinal()].with(key.clone(), copy);
    }

    @Override
    public void delete(Table table, byte[] key) {
      byte[] previous = maps[table.ordinal()].get(key);
      if (previous != null) {
        grown -= key.length + previous.length;
        maps[table.ordinal()] = maps[table.ordinal()].without(key);
      }
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void commit() {
      committed = maps;
      bytes += grown;
    }

    @Override
    public void abort() {}
  }
}
