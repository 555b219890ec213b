package dev.millrace.server.log.segment.v1;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.format.v1.Bytes;
import dev.millrace.server.log.segment.ChunkSink;
import dev.millrace.server.log.segment.ChunkSource;
import java.nio.ByteBuffer;

/** Reads regions out of chunks. Safe for use by several threads. */
final class Regions {
  private final ChunkSource source;
  private final String what;
  private final long length;
  private final int headerLength;

  /**
   * @param length of the whole segment
   */
  Regions(ChunkSource source, String what, long length, int headerLength) {
    this.source = source;
    this.what = what;
    this.length = length;
    this.headerLength = headerLength;
  }

  /**
   * Copies a region.
   *
   * @param column names what it belongs to in errors
   * @param check whether to check it too
   * @throws StorageException.Corrupt if it isn't what was written
   */
  byte[] read(Region region, String column, boolean check) {
    long end = length - headerLength;
    if (region.length() < 0 || region.offset() < 0 || region.offset() > end - region.length()) {
      throw corrupt(column, "%s of %d bytes".formatted(region, end));
    }
    byte[] bytes = new byte[region.length()];
    copy(headerLength + region.offset(), bytes, column);
    if (check) {
      int crc = Bytes.crc32c(bytes, 0, bytes.length);
      if (crc != region.crc()) {
        throw corrupt(column, "checksum %08x, expected %08x".formatted(crc, region.crc()));
      }
    }
    return bytes;
  }

  private void copy(long from, byte[] into, String column) {
    int max = ChunkSink.CHUNK_BYTES_MAX;
    for (int to = 0; to < into.length; ) {
      long at = from + to;
      int number = (int) (at / max);
      ByteBuffer chunk = chunk(number, column);
      long expected = Math.min(max, length - (long) number * max);
      if (chunk.remaining() != expected) {
        throw corrupt(
            column,
            "chunk %d has %d bytes in place of %d".formatted(number, chunk.remaining(), expected));
      }
      int offset = (int) (at % max);
      int count = Math.min(into.length - to, chunk.remaining() - offset);
      chunk.get(chunk.position() + offset, into, to, count);
      to += count;
    }
  }

  private ByteBuffer chunk(int number, String column) {
    try {
      return source.chunk(number);
    } catch (StorageException.Corrupt e) {
      throw new StorageException.Corrupt(name(column) + ": " + e.getMessage(), e);
    }
  }

  /** Names a column of the segment in errors. */
  String name(String column) {
    return what + ", column '" + column + "'";
  }

  StorageException.Corrupt corrupt(String column, String why) {
    return new StorageException.Corrupt(name(column) + ": " + why, null);
  }

  StorageException.Corrupt broken(String column, RuntimeException cause) {
    return new StorageException.Corrupt(name(column) + ": broken: " + cause.getMessage(), cause);
  }
}
