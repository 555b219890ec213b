package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.BlockBytes;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.format.v1.BlockReader;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Finds blocks in a state of the tables. */
final class LogReader {
  private LogReader() {}

  static String what(BlockEntry entry) {
    return "block %d of project %d".formatted(entry.firstSequence(), entry.project());
  }

  static EventBlock open(TableReader tables, BlockEntry entry) {
    EventBlock block = BlockReader.open(new ChunkedBytes(tables, entry), what(entry));
    if (block.rows() != entry.rows() || block.minSequence() != entry.firstSequence()) {
      throw new StorageException.Corrupt(what(entry) + " isn't the one its entry names", null);
    }
    return block;
  }

  /**
   * Visits a project's blocks within a range, in the order of sequences.
   *
   * @param retainedFrom blocks whose latest event is earlier don't count
   */
  static void scan(
      TableReader tables, int project, ScanRange range, long retainedFrom, EntryVisitor visitor) {
    long from = Math.max(0, range.fromSequence());
    BlockEntry first = floor(tables, project, from);
    long start = first == null ? from : first.firstSequence();
    tables.scan(
        Table.BLOCKS,
        Keys.inProject(project, start),
        (key, value) -> {
          if (key.getInt(0) != project || key.getLong(4) >= range.toSequence()) {
            return false;
          }
          BlockEntry entry = BlockEntry.decode(key, value);
          boolean within =
              entry.endSequence() > from
                  && entry.minTime() < range.toTime()
                  && entry.maxTime() >= range.fromTime()
                  && entry.maxTime() >= retainedFrom;
          return !within || visitor.visit(entry);
        });
  }

  /** Sees what is known of blocks. */
  @FunctionalInterface
  interface EntryVisitor {
    /**
     * @return whether to go on
     */
    boolean visit(BlockEntry entry);
  }

  /** The unsealed block that holds a sequence, or null if there is none. */
  static @Nullable BlockEntry at(TableReader tables, int project, long sequence) {
    BlockEntry entry = floor(tables, project, sequence);
    return entry != null && sequence < entry.endSequence() ? entry : null;
  }

  private static @Nullable BlockEntry floor(TableReader tables, int project, long sequence) {
    BlockEntry[] found = new BlockEntry[1];
    tables.scanBackward(
        Table.BLOCKS,
        Keys.inProject(project, sequence),
        (key, value) -> {
          if (key.getInt(0) == project) {
            found[0] = BlockEntry.decode(key, value);
          }
          return false;
        });
    return found[0];
  }

  /**
   * Where events of the shard are: a stretch of ordinals that is one of sequences too.
   *
   * @param endOrdinal exclusive
   */
  record Run(long firstOrdinal, long endOrdinal, int project, long firstSequence) {
    long sequence(long ordinal) {
      return firstSequence + (ordinal - firstOrdinal);
    }

    long endSequence() {
      return sequence(endOrdinal);
    }
  }

  /**
   * The run that holds an event of the shard, or null if it is too old to be known.
   *
   * @param nextOrdinal where the last run ends
   */
  static @Nullable Run atOrdinal(TableReader tables, long ordinal, long nextOrdinal) {
    @Nullable Run[] found = new Run[1];
    tables.scanBackward(
        Table.ORDINALS,
        Keys.ordinal(ordinal),
        (key, value) -> {
          long first = key.getLong(0);
          long end = runEnd(tables, first, nextOrdinal);
          found[0] = new Run(first, end, value.getInt(0), value.getLong(4));
          return false;
        });
    Run run = found[0];
    return run != null && ordinal < run.endOrdinal() ? run : null;
  }

  /** The first run that isn't before an ordinal. */
  static @Nullable Run firstRun(TableReader tables, long fromOrdinal, long nextOrdinal) {
    @Nullable Run[] found = new Run[1];
    tables.scan(
        Table.ORDINALS,
        Keys.ordinal(fromOrdinal),
        (key, value) -> {
          long first = key.getLong(0);
          long end = runEnd(tables, first, nextOrdinal);
          found[0] = new Run(first, end, value.getInt(0), value.getLong(4));
          return false;
        });
    return found[0];
  }

  private static long runEnd(TableReader tables, long first, long nextOrdinal) {
    long[] end = {nextOrdinal};
    tables.scan(
        Table.ORDINALS,
        Keys.ordinal(first + 1),
        (key, value) -> {
          end[0] = key.getLong(0);
          return false;
        });
    return end[0];
  }

  /** A block in chunks of equal length, but for the last; fetched when first touched. */
  private static final class ChunkedBytes implements BlockBytes {
    private final TableReader tables;
    private final BlockEntry entry;
    private final @Nullable ByteBuffer[] chunks;

    ChunkedBytes(TableReader tables, BlockEntry entry) {
      this.tables = tables;
      this.entry = entry;
      this.chunks = new ByteBuffer[entry.chunks()];
    }

    @Override
    public int length() {
      return entry.length();
    }

    @Override
    public ByteBuffer slice(int offset, int length) {
      if (offset < 0 || length < 0 || offset > entry.length() - length) {
        throw new IndexOutOfBoundsException(
            "%d bytes at %d of a block of %d".formatted(length, offset, entry.length()));
      }
      if (length == 0) {
        return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
      }
      int first = offset / BlockEntry.CHUNK_BYTES;
      int within = offset - first * BlockEntry.CHUNK_BYTES;
      if (within + length <= BlockEntry.CHUNK_BYTES) {
        return chunk(first).slice(within, length).order(ByteOrder.LITTLE_ENDIAN);
      }
      ByteBuffer together = ByteBuffer.allocate(length);
      for (int index = first; together.hasRemaining(); index++) {
        ByteBuffer chunk = chunk(index);
        int taken = Math.min(together.remaining(), chunk.limit() - within);
        together.put(chunk.slice(within, taken));
        within = 0;
      }
      return together.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer chunk(int index) {
      ByteBuffer chunk = chunks[index];
      if (chunk == null) {
        chunk = tables.get(Table.LOG, Keys.chunk(entry.project(), entry.firstSequence(), index));
        int expected =
            Math.min(BlockEntry.CHUNK_BYTES, entry.length() - index * BlockEntry.CHUNK_BYTES);
        if (chunk == null || chunk.remaining() != expected) {
          throw new StorageException.Corrupt(LogReader.what(entry) + " lacks chunk " + index, null);
        }
        chunks[index] = chunk;
      }
      return chunk;
    }
  }
}
