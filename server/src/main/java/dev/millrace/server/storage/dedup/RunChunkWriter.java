package dev.millrace.server.storage.dedup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Puts ids into the form of {@link RunChunk}. Not thread-safe. */
final class RunChunkWriter {
  // A difference that is escaped, and the rounding up to a byte.
  private static final int ENTRY_BITS_MAX = RunChunk.ESCAPE + 1 + IdPrefix.BITS + Byte.SIZE;
  // Enough for chunks of the shortest entries.
  private static final int RESTARTS_MAX = 0xffff / RunChunk.RESTART + 1;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final double LN_2 = Math.log(2);

  private final long baseOrdinal;
  private final int lowBits;
  private final int offsetBits;
  private final byte[] entries = new byte[RunChunk.BYTES_MAX + Long.BYTES];
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
  private boolean full() {
    int bytes = RunChunk.HEADER_BYTES + (restarts + 1) * RunChunk.RESTART_BYTES + at;
    int entry = (ENTRY_BITS_MAX + offsetBits) / Byte.SIZE + 2;
    return bytes + entry + RunChunk.PADDING > RunChunk.BYTES_MAX || ids == 0xffff;
  }

  /**
   * Adds ids whose prefixes don't descend, as many as there is room for.
   *
   * @return the place of the first that isn't added, {@code to} if all are
   */
  int add(long[] prefixes, long[] ordinals, int from, int to) {
    int next = from;
    for (; next < to && !full(); next++) {
      long prefix = prefixes[next];
      long offset = ordinals[next] - baseOrdinal;
      if (ids % RunChunk.RESTART == 0) {
        fillByte();
        restartPrefixes[restarts] = prefix;
        restartAt[restarts++] = at;
        put(offset, offsetBits);
      } else {
        put(prefix - last, offset);
      }
      last = prefix;
      ids++;
    }
    return next;
  }

  private void put(long difference, long offset) {
    long high = difference >>> lowBits;
    if (high < RunChunk.ESCAPE) {
      int zeros = (int) high;
      long low = difference & ((1L << lowBits) - 1);
      long code = (low << 1 | 1) << zeros;
      int codeBits = zeros + 1 + lowBits;
      if (codeBits + offsetBits <= RunChunk.READ_BITS_MAX) {
        put(code | offset << codeBits, codeBits + offsetBits);
        return;
      }
      put(code, codeBits);
    } else {
      put(1L << RunChunk.ESCAPE, RunChunk.ESCAPE + 1);
      put(difference, IdPrefix.BITS);
    }
    put(offset, offsetBits);
  }

  /** Appends up to {@link RunChunk#READ_BITS_MAX} bits; those above must be zero. */
  private void put(long value, int bits) {
    long word = pending | value << pendingBits;
    LONGS.set(entries, at, word);
    int all = pendingBits + bits;
    at += all >>> 3;
    // Shifting by 64 would shift by nothing; there are at most 63 bits here.
    pending = word >>> (all & ~7);
    pendingBits = all & 7;
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
    chunk.put(entries, 0, at);
    at = 0;
    restarts = 0;
    ids = 0;
    chunk.position(0);
    return chunk.putInt(RunChunk.CRC_AT, RunChunk.crc(chunk));
  }
}
