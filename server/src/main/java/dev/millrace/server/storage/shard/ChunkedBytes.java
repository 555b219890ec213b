package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.BlockBytes;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** A block in chunks of equal length, but for the last; fetched when first touched. */
final class ChunkedBytes implements BlockBytes {
  /** What fits into 16 pages of LMDB beside their header: mixed sizes would fragment the file. */
  static final int CHUNK_BYTES = 65_520;

  private final TableReader tables;
  private final BlockEntry entry;
  private final @Nullable ByteBuffer[] chunks;

  ChunkedBytes(TableReader tables, BlockEntry entry) {
    this.tables = tables;
    this.entry = entry;
    this.chunks = new ByteBuffer[(entry.length() + CHUNK_BYTES - 1) / CHUNK_BYTES];
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
    int first = offset / CHUNK_BYTES;
    int within = offset - first * CHUNK_BYTES;
    if (within + length <= CHUNK_BYTES) {
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
      int expected = Math.min(CHUNK_BYTES, entry.length() - index * CHUNK_BYTES);
      if (chunk == null || chunk.remaining() != expected) {
        throw new StorageException.Corrupt(LogReader.what(entry) + " lacks chunk " + index, null);
      }
      chunks[index] = chunk;
    }
    return chunk;
  }
}
