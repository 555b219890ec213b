package dev.millrace.server.storage.segments;

import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.Tables;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of segments that no manifest names: replaced or dropped ones, and those that a crash or a
 * failure left half written. They are deleted some at a time. Not thread-safe.
 */
final class Leftovers {
  private final Tables tables;
  private final Deque<Long> segments = new ArrayDeque<>();

  Leftovers(Tables tables) {
    this.tables = tables;
  }

  /** Finds what was left before the tables were opened: one look-up for each segment there is. */
  void find() {
    segments.clear();
    Set<Long> named = new HashSet<>();
    try (ReadSnapshot snapshot = tables.snapshot()) {
      Manifest.forEach(snapshot, entry -> named.add(entry.id()));
      for (Long id = next(snapshot, 0); id != null; id = next(snapshot, id + 1)) {
        if (!named.contains(id)) {
          segments.add(id);
        }
      }
    }
  }

  private static @Nullable Long next(TableReader tables, long from) {
    @Nullable Long[] found = new Long[1];
    tables.scan(
        Table.SEGMENT_CHUNKS,
        SegmentKeys.chunk(from, 0),
        (key, value) -> {
          found[0] = key.getLong(0);
          return false;
        });
    return found[0];
  }

  void add(long segment) {
    segments.add(segment);
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  int size() {
    return segments.size();
  }

  /** Deletes up to so many chunks in one transaction. */
  void clean(int chunksMax) {
    Long segment = segments.peek();
    if (segment == null) {
      return;
    }
    WriteTransaction transaction = tables.begin();
    try {
      Deque<byte[]> keys = keys(transaction, segment, chunksMax);
      keys.forEach(key -> transaction.delete(Table.SEGMENT_CHUNKS, key));
      transaction.commit();
      if (keys.size() < chunksMax) {
        segments.remove();
      }
    } catch (RuntimeException | Error e) {
      transaction.abort();
      throw e;
    }
  }

  private static Deque<byte[]> keys(TableReader tables, long segment, int most) {
    Deque<byte[]> keys = new ArrayDeque<>();
    tables.scan(
        Table.SEGMENT_CHUNKS,
        SegmentKeys.chunk(segment, 0),
        (key, value) -> {
          if (key.getLong(0) != segment || keys.size() == most) {
            return false;
          }
          keys.add(bytes(key));
          return true;
        });
    return keys;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] copy = new byte[buffer.remaining()];
    buffer.get(0, copy);
    return copy;
  }
}
