package dev.millrace.server.storage.dedup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Puts ids into the form of {@link RunChunk}. Not thread-safe. */
final class RunChunkWriter {
  // A difference that is escaped, and the rounding up to a byte.
  private static final int ENTRY_BITS_MAX = RunChunk.ESCAPE + 1 + IdPrefix.BITS + Byte.SIZE;
  // Enough for chunks of the shortest entries.
  private static final int RESTARTS_MAX = 0xffff / RunChunk.RESTART + 1;
  private static final double LN_2 = Math.log(2);

  private final long baseOrdinal;
  private final int lowBits;
  private final int offsetBits;
  private final ByteBuffer entries =
      ByteBuffer.allocate(RunChunk.BYTES_MAX + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final long[] restartPrefixes = new long[RESTARTS_MAX];
  private final int[] restartAt = new int[RESTARTS_MAX];
  private int restarts;
  private int ids;
  private long last;
  // Bits that don't fill a byte yet, at most 7 between two calls of put.
  private long pending;
  private int pendingBits;
  private int at;

  /**
   * @param baseOrdinal no ordinal is less
   * @param endOrdinal all ordinals are less
   * @param ids about how many ids the run gets
   */
  RunChunkWriter(long baseOrdinal, long endOrdinal, long ids) {
    this.baseOrdinal = baseOrdinal;
    this.offsetBits =
        Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, endOrdinal - 1 - baseOrdinal));
    if (offsetBits > RunChunk.READ_BITS_MAX) {
      throw new IllegalArgumentException("a run from %d to %d".formatted(baseOrdinal, endOrdinal));
    }
    // The best for differences that are distributed geometrically, see Kiely, "Selecting the Golomb
    // parameter in Rice coding", 2004.
    long best = (long) ((1L << IdPrefix.BITS) * LN_2 / Math.max(1, ids));
    this.lowBits = Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, best)));
  }

  int ids() {
    return ids;
  }

  /** Whether there is no room for another id. */
  boolean full() {
    int bytes = RunChunk.HEADER_BYTES + (restarts + 1) * RunChunk.RESTART_BYTES + at;
    int entry = (ENTRY_BITS_MAX + offsetBits) / Byte.SIZE + 2;
    return bytes + entry + RunChunk.PADDING > RunChunk.BYTES_MAX || ids == 0xffff;
  }

  /** Adds an id whose prefix isn't less than the last. */
  void add(long prefix, long ordinal) {
    if (ids % RunChunk.RESTART == 0) {
      fillByte();
      restartPrefixes[restarts] = prefix;
      restartAt[restarts++] = at;
    } else {
      putDifference(prefix - last);
    }
    put(ordinal - baseOrdinal, offsetBits);
    last = prefix;
    ids++;
  }

  private void putDifference(long difference) {
    long high = difference >>> lowBits;
    if (high < RunChunk.ESCAPE) {
      int zeros = (int) high;
      long low = difference & ((1L << lowBits) - 1);
      put((low << 1 | 1) << zeros, zeros + 1 + lowBits);
    } else {
      put(1L << RunChunk.ESCAPE, RunChunk.ESCAPE + 1);
      put(difference, IdPrefix.BITS);
    }
  }

  /** Appends up to {@link RunChunk#READ_BITS_MAX} bits; those above must be zero. */
  private void put(long value, int bits) {
    pending |= value << pendingBits;
    entries.putLong(at, pending);
    pendingBits += bits;
    int whole = pendingBits >>> 3;
    at += whole;
    // Shifting by 64 would shift by nothing; there are at most 63 bits here.
    pending >>>= whole << 3;
    pendingBits &= 7;
  }

  private void fillByte() {
    if (pendingBits > 0) {
      at++;
      pending = 0;
      pendingBits = 0;
    }
  }

  /** The finished chunk; the writer is empty then. */
  ByteBuffer finish() {
    fillByte();
    int directory = RunChunk.HEADER_BYTES + restarts * RunChunk.RESTART_BYTES;
    ByteBuffer chunk = ByteBuffer.allocate(directory + at + RunChunk.PADDING);
    chunk.put(RunChunk.VERSION).put((byte) lowBits).put((byte) offsetBits);
    chunk.putShort((short) ids).putShort((short) restarts).putInt(0);
    for (int i = 0; i < restarts; i++) {
      chunk.put((byte) (restartPrefixes[i] >>> 32)).putInt((int) restartPrefixes[i]);
      chunk.putShort((short) (directory + restartAt[i]));
    }
    chunk.put(entries.slice(0, at));
    at = 0;
    restarts = 0;
    ids = 0;
    chunk.position(0);
    return chunk.putInt(RunChunk.CRC_AT, RunChunk.crc(chunk));
  }
}
