package dev.millrace.server.log.format.v1;

import dev.millrace.server.event.EventBatch;
import dev.millrace.server.log.BlockBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Writes and keeps blocks for tests. */
public final class Blocks {
  private Blocks() {}

  /** Writes batches whole, one after the other. */
  @SafeVarargs
  public static byte[] write(BlockWriter writer, long firstSequence, List<StoredEvent>... batches) {
    writer.begin(firstSequence);
    for (List<StoredEvent> events : batches) {
      EventBatch batch = StoredEvent.batch(events);
      writer.add(batch, IntStream.range(0, batch.size()).toArray(), batch.size());
    }
    return bytes(writer.finish());
  }

  public static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  public static BlockReader open(byte[] bytes) {
    return BlockReader.open(BlockBytes.of(ByteBuffer.wrap(bytes)), "block 7");
  }

  /** The bytes in direct memory, in chunks that are cut at random places. */
  public static BlockBytes chunked(byte[] bytes, Random random) {
    List<ByteBuffer> chunks = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + random.nextInt(2000));
      chunks.add(ByteBuffer.allocateDirect(length).put(bytes, at, length).flip());
      at += length;
    }
    return new BlockBytes() {
      @Override
      public int length() {
        return bytes.length;
      }

      @Override
      public ByteBuffer slice(int offset, int length) {
        int start = offset;
        for (ByteBuffer chunk : chunks) {
          if (start + length <= chunk.capacity()) {
            return little(chunk.slice(start, length));
          }
          if (start < chunk.capacity()) {
            break;
          }
          start -= chunk.capacity();
        }
        return little(ByteBuffer.wrap(bytes).slice(offset, length));
      }
    };
  }

  private static ByteBuffer little(ByteBuffer buffer) {
    return buffer.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }
}
