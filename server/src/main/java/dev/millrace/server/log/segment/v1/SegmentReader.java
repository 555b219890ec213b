package dev.millrace.server.log.segment.v1;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.format.v1.Bytes;
import dev.millrace.server.log.segment.ChunkSink;
import dev.millrace.server.log.segment.ChunkSource;
import dev.millrace.server.log.segment.Segment;
import java.nio.ByteBuffer;

/** Opens segments. */
public final class SegmentReader {
  private SegmentReader() {}

  /**
   * Opens a segment and checks its header; everything else is checked when it is first read.
   *
   * @param what names the segment in errors
   * @throws StorageException.Corrupt if it isn't what was written
   * @throws StorageException.TooNew if a later version wrote it
   * @throws StorageException.TooOld if its version isn't read any more
   */
  public static Segment open(ChunkSource source, String what) {
    byte[] header = header(source, what);
    int version = Bytes.getInt(header, SegmentLayout.VERSION_AT);
    if (version > SegmentLayout.VERSION) {
      throw new StorageException.TooNew(what, version, SegmentLayout.VERSION);
    }
    if (version < SegmentLayout.OLDEST_VERSION) {
      throw new StorageException.TooOld(what, version, SegmentLayout.OLDEST_VERSION);
    }
    try {
      return new OpenSegment(new SegmentState(new SegmentHeader(header), what), source);
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw new StorageException.Corrupt(what + ": broken header: " + e.getMessage(), e);
    }
  }

  /** Reads a header as far as all versions have it alike, and checks it. */
  private static byte[] header(ChunkSource source, String what) {
    ByteBuffer chunk = source.chunk(0);
    if (chunk.remaining() < SegmentLayout.FRAME_LENGTH) {
      throw corrupt(what, "cut off after %d bytes".formatted(chunk.remaining()));
    }
    byte[] frame = new byte[SegmentLayout.FRAME_LENGTH];
    chunk.get(chunk.position(), frame);
    if (Bytes.getInt(frame, SegmentLayout.MAGIC_AT) != SegmentLayout.MAGIC) {
      throw corrupt(what, "not a segment");
    }
    int length = Bytes.getInt(frame, SegmentLayout.HEADER_LENGTH_AT);
    if (length < SegmentLayout.FRAME_LENGTH || length > SegmentLayout.HEADER_LENGTH_MAX) {
      throw corrupt(what, "a header of %d bytes".formatted(length));
    }
    byte[] header = new byte[length];
    int to = 0;
    for (int number = 0; to < length; number++) {
      ByteBuffer next = source.chunk(number);
      int count = Math.min(length - to, ChunkSink.CHUNK_BYTES_MAX);
      if (next.remaining() < count) {
        throw corrupt(what, "cut off after %d bytes".formatted(to + next.remaining()));
      }
      next.get(next.position(), header, to, count);
      to += count;
    }
    int crc = Bytes.crc32c(header, SegmentLayout.HEADER_CHECKED_FROM, length);
    int expected = Bytes.getInt(header, SegmentLayout.HEADER_CRC_AT);
    if (crc != expected) {
      throw corrupt(what, "header has checksum %08x, expected %08x".formatted(crc, expected));
    }
    return header;
  }

  private static StorageException.Corrupt corrupt(String what, String why) {
    return new StorageException.Corrupt(what + ": " + why, null);
  }
}
