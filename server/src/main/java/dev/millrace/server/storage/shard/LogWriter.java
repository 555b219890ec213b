package dev.millrace.server.storage.shard;

import dev.millrace.server.event.EventBatch;
import dev.millrace.server.log.format.v1.BlockWriter;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts accepted rows into blocks: all that one transaction brings of a project goes into common
 * blocks, up to a size. Not thread-safe.
 */
final class LogWriter {
  private static final int BLOCK_ROWS_MAX = 4096;
  private static final int BLOCK_BYTES_MAX = 256 * 1024;
  // Asking for the size asks every column, so not after every few rows.
  private static final int ROWS_AT_A_TIME = 1024;
  private static final int SPARE_MAX = 4;

  private final Map<Integer, OpenBlock> open = new LinkedHashMap<>();
  private final Deque<BlockWriter> spare = new ArrayDeque<>();
  private final List<Written> written = new ArrayList<>();
  private final int[] rowsBuffer = new int[ROWS_AT_A_TIME];

  /**
   * A finished block with the hashes of its events.
   *
   * @param hashes at least as many as the block has rows
   */
  record Written(BlockEntry entry, long[] hashes) {}

  /** Appends rows; returns the shard's next ordinal, which finishing a block moves. */
  long add(
      WriteTransaction transaction,
      int project,
      long firstSequence,
      Rows accepted,
      long clockMicros,
      long nextOrdinal) {
    long ordinal = nextOrdinal;
    for (int done = 0; done < accepted.count(); ) {
      OpenBlock block = block(project, firstSequence + done);
      int count = Math.min(accepted.count() - done, BLOCK_ROWS_MAX - block.writer.rows());
      count = Math.min(count, ROWS_AT_A_TIME);
      block.add(accepted, done, count, clockMicros, rowsBuffer);
      done += count;
      if (block.writer.rows() >= BLOCK_ROWS_MAX
          || block.writer.estimatedBytes() >= BLOCK_BYTES_MAX) {
        ordinal = finish(transaction, block, ordinal);
        open.remove(project);
      }
    }
    return ordinal;
  }

  private OpenBlock block(int project, long firstSequence) {
    OpenBlock block = open.get(project);
    if (block == null) {
      BlockWriter writer = spare.isEmpty() ? new BlockWriter() : spare.pop();
      writer.begin(firstSequence);
      block = new OpenBlock(project, firstSequence, writer);
      open.put(project, block);
    }
    return block;
  }

  /** Finishes the open blocks; returns the shard's next ordinal. */
  long finishAll(WriteTransaction transaction, long nextOrdinal) {
    long ordinal = nextOrdinal;
    for (OpenBlock block : open.values()) {
      ordinal = finish(transaction, block, ordinal);
    }
    open.clear();
    return ordinal;
  }

  private long finish(WriteTransaction transaction, OpenBlock block, long ordinal) {
    int rows = block.writer.rows();
    ByteBuffer bytes = block.writer.finish();
    BlockEntry entry = block.entry(rows, ordinal, bytes.remaining());
    int start = bytes.position();
    for (int index = 0; index < entry.chunks(); index++) {
      int offset = index * BlockEntry.CHUNK_BYTES;
      int length = Math.min(BlockEntry.CHUNK_BYTES, entry.length() - offset);
      transaction.put(
          Table.LOG,
          Keys.chunk(entry.project(), entry.firstSequence(), index),
          bytes.slice(start + offset, length));
    }
    transaction.put(Table.BLOCKS, entry.key(), entry.encode());
    transaction.put(Table.ORDINALS, Keys.ordinal(ordinal), ByteBuffer.wrap(entry.key()));
    written.add(new Written(entry, block.hashes));
    release(block.writer);
    return ordinal + rows;
  }

  private void release(BlockWriter writer) {
    if (spare.size() < SPARE_MAX) {
      spare.push(writer);
    }
  }

  /** The blocks finished since {@link #clear}. */
  List<Written> written() {
    return written;
  }

  /** Drops what was written and what is open. */
  void clear() {
    open.values().forEach(block -> release(block.writer));
    open.clear();
    written.clear();
  }

  /**
   * Rows of a batch with the hashes of their ids.
   *
   * @param rows ascending, the first {@code count}
   */
  record Rows(EventBatch batch, int[] rows, long[] hashes, int count) {}

  private static final class OpenBlock {
    final int project;
    final long firstSequence;
    final BlockWriter writer;
    long[] hashes = new long[64];
    private long minTime = Long.MAX_VALUE;
    private long maxTime = Long.MIN_VALUE;
    private long newestReceived;

    OpenBlock(int project, long firstSequence, BlockWriter writer) {
      this.project = project;
      this.firstSequence = firstSequence;
      this.writer = writer;
    }

    void add(Rows accepted, int from, int count, long clockMicros, int[] buffer) {
      int before = writer.rows();
      if (before + count > hashes.length) {
        hashes = Arrays.copyOf(hashes, Math.max(before + count, hashes.length * 2));
      }
      System.arraycopy(accepted.hashes(), from, hashes, before, count);
      for (int i = from; i < from + count; i++) {
        long time = accepted.batch().time(accepted.rows()[i]);
        minTime = Math.min(minTime, time);
        maxTime = Math.max(maxTime, time);
      }
      newestReceived = Math.max(newestReceived, clockMicros);
      System.arraycopy(accepted.rows(), from, buffer, 0, count);
      writer.add(accepted.batch(), buffer, count);
    }

    BlockEntry entry(int rows, long firstOrdinal, int length) {
      return new BlockEntry(
          project, firstSequence, rows, minTime, maxTime, newestReceived, firstOrdinal, length);
    }
  }
}
