package dev.millrace.server.log.segment.v1;

import dev.millrace.server.log.format.v1.Bytes;
import dev.millrace.server.log.format.v1.Output;
import dev.millrace.server.log.segment.ChunkSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The regions of a segment in the making, kept until the header that goes before is known. */
final class Body {
  private static final int PART = 1 << 16;

  private final List<byte[]> parts = new ArrayList<>();
  private long length;

  /** Adds what has been written as a region, and begins the output anew. */
  Region add(Output out) {
    byte[] bytes = out.bytes();
    int count = out.position();
    Region region = new Region(length, count, Bytes.crc32c(bytes, 0, count));
    for (int from = 0; from < count; ) {
      int at = (int) (length % PART);
      if (at == 0) {
        parts.add(new byte[PART]);
      }
      int fitting = Math.min(count - from, PART - at);
      System.arraycopy(bytes, from, parts.getLast(), at, fitting);
      from += fitting;
      length += fitting;
    }
    out.reset();
    return region;
  }

  long length() {
    return length;
  }

  /** Hands the header and the regions on in chunks; returns how many there were. */
  int write(Output header, ChunkSink sink) {
    ByteBuffer chunk =
        ByteBuffer.allocateDirect(ChunkSink.CHUNK_BYTES_MAX).order(ByteOrder.LITTLE_ENDIAN);
    int chunks = put(header.bytes(), header.position(), chunk, sink, 0);
    long left = length;
    for (byte[] part : parts) {
      chunks = put(part, (int) Math.min(left, PART), chunk, sink, chunks);
      left -= PART;
    }
    if (chunk.position() > 0) {
      sink.put(chunks++, chunk.flip());
    }
    return chunks;
  }

  private static int put(byte[] bytes, int count, ByteBuffer chunk, ChunkSink sink, int number) {
    int next = number;
    for (int from = 0; from < count; ) {
      int fitting = Math.min(count - from, chunk.remaining());
      chunk.put(bytes, from, fitting);
      from += fitting;
      if (!chunk.hasRemaining()) {
        sink.put(next++, chunk.flip());
        chunk.clear();
      }
    }
    return next;
  }
}
