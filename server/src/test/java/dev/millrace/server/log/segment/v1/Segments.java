package dev.millrace.server.log.segment.v1;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.format.v1.BlockWriter;
import dev.millrace.server.log.format.v1.Blocks;
import dev.millrace.server.log.format.v1.StoredEvent;
import dev.millrace.server.log.segment.ChunkSink;
import dev.millrace.server.log.segment.ChunkSource;
import dev.millrace.server.log.segment.Segment;
import dev.millrace.server.log.segment.SegmentSummary;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Writes and keeps segments for tests. */
final class Segments {
  /** The order of rows in a segment. */
  static final Comparator<StoredEvent> ORDER =
      Comparator.comparingLong(StoredEvent::time).thenComparingLong(StoredEvent::sequence);

  private Segments() {}

  /** Chunks in memory. */
  static final class Chunks implements ChunkSink, ChunkSource {
    final List<byte[]> chunks = new ArrayList<>();

    @Override
    public void put(int number, ByteBuffer chunk) {
      if (number != chunks.size() || chunk.remaining() > CHUNK_BYTES_MAX) {
        throw new IllegalArgumentException("chunk %d of %s".formatted(number, chunk));
      }
      chunks.add(Blocks.bytes(chunk));
    }

    @Override
    public ByteBuffer chunk(int number) {
      if (number >= chunks.size()) {
        throw new StorageException.Corrupt(
            "segment 9: chunk %d is missing".formatted(number), null);
      }
      return ByteBuffer.wrap(chunks.get(number)).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  static EventBlock block(List<StoredEvent> events) {
    return Blocks.open(Blocks.write(new BlockWriter(), events.getFirst().sequence(), events));
  }

  static Segment open(ChunkSource chunks) {
    return SegmentReader.open(chunks, "segment 9");
  }

  static Segment write(List<? extends EventBlock> blocks, int pieceRows) {
    Chunks chunks = new Chunks();
    SegmentSummary summary = SegmentWriter.write(blocks, chunks, pieceRows);
    Segment segment = open(chunks);
    if (!segment.summary().equals(summary)
        || summary.chunks() != chunks.chunks.size()
        || summary.bytes() != chunks.chunks.stream().mapToLong(chunk -> chunk.length).sum()) {
      throw new AssertionError("%s in place of %s".formatted(segment.summary(), summary));
    }
    return segment;
  }

  static List<EventBlock> pieces(Segment segment) {
    return IntStream.range(0, segment.pieces()).mapToObj(segment::piece).toList();
  }

  static List<StoredEvent> read(Segment segment) {
    return pieces(segment).stream().flatMap(piece -> StoredEvent.read(piece).stream()).toList();
  }
}
