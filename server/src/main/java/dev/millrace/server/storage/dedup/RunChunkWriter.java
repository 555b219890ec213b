package dev.millrace.server.storage.dedup;

import java.nio.ByteBuffer;

/** Puts ids into the form of {@link RunChunk}. Not thread-safe. */
final class RunChunkWriter {
  private static final int VARINT_BYTES_MAX = 6;
  // Enough for chunks of the shortest entries.
  private static final int RESTARTS_MAX = RunChunk.BYTES_MAX / RunChunk.RESTART / 2 + 1;

  private final long baseOrdinal;
  private final int offsetBytes;
  private final ByteBuffer entries = ByteBuffer.allocate(RunChunk.BYTES_MAX);
  private final long[] restartPrefixes = new long[RESTARTS_MAX];
  private final int[] restartAt = new int[RESTARTS_MAX];
  private int restarts;
  private int ids;
  private long last;

  /**
   * @param baseOrdinal no ordinal is less
   * @param endOrdinal all ordinals are less
   */
  RunChunkWriter(long baseOrdinal, long endOrdinal) {
    this.baseOrdinal = baseOrdinal;
    long span = Math.max(1, endOrdinal - baseOrdinal);
    this.offsetBytes = (64 - Long.numberOfLeadingZeros(span) + 7) / 8;
  }

  int ids() {
    return ids;
  }

  /** Whether there is no room for another id. */
  boolean full() {
    int bytes =
        RunChunk.HEADER_BYTES + (restarts + 1) * RunChunk.RESTART_BYTES + entries.position();
    return bytes + VARINT_BYTES_MAX + offsetBytes > RunChunk.BYTES_MAX || ids == 0xffff;
  }

  /** Adds an id whose prefix isn't less than the last. */
  void add(long prefix, long ordinal) {
    if (ids % RunChunk.RESTART == 0) {
      restartPrefixes[restarts] = prefix;
      restartAt[restarts++] = entries.position();
    } else {
      putVarint(prefix - last);
    }
    long offset = ordinal - baseOrdinal;
    for (int i = offsetBytes - 1; i >= 0; i--) {
      entries.put((byte) (offset >>> (8 * i)));
    }
    last = prefix;
    ids++;
  }

  private void putVarint(long value) {
    long rest = value;
    while (rest > 0x7f) {
      entries.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    entries.put((byte) rest);
  }

  /** The finished chunk; the writer is empty then. */
  ByteBuffer finish() {
    int directory = RunChunk.HEADER_BYTES + restarts * RunChunk.RESTART_BYTES;
    ByteBuffer chunk = ByteBuffer.allocate(directory + entries.position());
    chunk.put(RunChunk.VERSION).put((byte) offsetBytes);
    chunk.putShort((short) ids).putShort((short) restarts).putInt(0);
    for (int i = 0; i < restarts; i++) {
      chunk.put((byte) (restartPrefixes[i] >>> 32)).putInt((int) restartPrefixes[i]);
      chunk.putShort((short) (directory + restartAt[i]));
    }
    chunk.put(entries.flip());
    entries.clear();
    restarts = 0;
    ids = 0;
    chunk.flip();
    return chunk.putInt(RunChunk.CRC_AT, RunChunk.crc(chunk));
  }
}
