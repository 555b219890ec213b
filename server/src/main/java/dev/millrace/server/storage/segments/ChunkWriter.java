package dev.millrace.server.storage.segments;

import dev.millrace.server.log.segment.ChunkSink;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.Tables;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the chunks of one segment in transactions of a few at a time, so that none is long. As
 * long as no manifest names the segment they are nothing but garbage.
 */
final class ChunkWriter implements ChunkSink {
  private static final int CHUNKS_AT_ONCE = 64;

  private final Tables tables;
  private final long segment;
  private @Nullable WriteTransaction transaction;
  private int written;

  ChunkWriter(Tables tables, long segment) {
    this.tables = tables;
    this.segment = segment;
  }

  @Override
  public void put(int number, ByteBuffer chunk) {
    WriteTransaction current = transaction;
    if (current == null) {
      current = tables.begin();
      transaction = current;
    }
    current.put(Table.SEGMENT_CHUNKS, SegmentKeys.chunk(segment, number), chunk);
    if (++written % CHUNKS_AT_ONCE == 0) {
      finish();
    }
  }

  /** Makes what was put durable. */
  void finish() {
    WriteTransaction current = transaction;
    transaction = null;
    if (current != null) {
      current.commit();
    }
  }

  /** Drops what isn't durable yet. */
  void abort() {
    WriteTransaction current = transaction;
    transaction = null;
    if (current != null) {
      current.abort();
    }
  }
}
