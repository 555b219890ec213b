package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.format.v1.BlockReader;
import dev.millrace.server.storage.ShardView.BlockVisitor;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
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

  /** Visits a project's blocks within a range, in the order of sequences. */
  static void scan(TableReader tables, int project, ScanRange range, BlockVisitor visitor) {
    entries(tables, project, range, entry -> visitor.visit(open(tables, entry)));
  }

  /**
   * Visits a project's blocks within a range, by their earliest events ascending or by their latest
   * descending. Only those visited are read.
   */
  static void scanByTime(
      TableReader tables, int project, ScanRange range, boolean newestFirst, BlockVisitor visitor) {
    List<BlockEntry> found = new ArrayList<>();
    entries(tables, project, range, found::add);
    found.sort(
        newestFirst
            ? Comparator.comparingLong(BlockEntry::maxTime).reversed()
            : Comparator.comparingLong(BlockEntry::minTime));
    for (BlockEntry entry : found) {
      if (!visitor.visit(open(tables, entry))) {
        return;
      }
    }
  }

  /** Goes over the entries of a project's blocks within a range while the visitor says so. */
  private static void entries(
      TableReader tables, int project, ScanRange range, Predicate<BlockEntry> visitor) {
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
                  && entry.maxTime() >= range.fromTime();
          return !within || visitor.test(entry);
        });
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

  /** The block that holds an event of the shard, or null if there is no such event. */
  static @Nullable BlockEntry atOrdinal(TableReader tables, long ordinal) {
    byte[][] blockKey = new byte[1][];
    tables.scanBackward(
        Table.ORDINALS,
        Keys.ordinal(ordinal),
        (key, value) -> {
          blockKey[0] = bytes(value);
          return false;
        });
    if (blockKey[0] == null) {
      return null;
    }
    ByteBuffer value = tables.get(Table.BLOCKS, blockKey[0]);
    if (value == null) {
      return null;
    }
    BlockEntry entry = BlockEntry.decode(ByteBuffer.wrap(blockKey[0]), value);
    return ordinal < entry.firstOrdinal() + entry.rows() ? entry : null;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] copy = new byte[buffer.remaining()];
    buffer.get(0, copy);
    return copy;
  }
}
