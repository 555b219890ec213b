package dev.millrace.server.log.format.v1;

import java.util.Arrays;

/** A growing byte array that is written from front to back, little-endian. */
public final class Output {
  private static final int INITIAL = 64 * 1024;
  private static final int KEPT_MAX = 16 * 1024 * 1024;

  private byte[] bytes = new byte[INITIAL];
  private int position;

  /** Begins anew. */
  public void reset() {
    position = 0;
    if (bytes.length > KEPT_MAX) {
      bytes = new byte[INITIAL];
    }
  }

  /** The array written to; another one after more has been reserved. */
  public byte[] bytes() {
    return bytes;
  }

  public int position() {
    return position;
  }

  /** Takes back what was written after a position. */
  public void rewind(int to) {
    position = to;
  }

  /** Makes room and returns where it begins. What is in it is undefined. */
  public int reserve(int length) {
    int at = position;
    int needed = Math.addExact(at, length);
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, Math.max(needed, (int) Math.min(Integer.MAX_VALUE - 8L, bytes.length * 2L)));
    }
    position = needed;
    return at;
  }

  public void putByte(int value) {
    int at = reserve(1);
    bytes[at] = (byte) value;
  }

  public void putInt(int value) {
    int at = reserve(4);
    Bytes.putInt(bytes, at, value);
  }

  public void putLong(long value) {
    int at = reserve(8);
    Bytes.putLong(bytes, at, value);
  }

  public void put(byte[] source, int offset, int length) {
    int at = reserve(length);
    System.arraycopy(source, offset, bytes, at, length);
  }

  /** A bit for each value, least significant first; a value is 0 or 1. */
  public void putBits(byte[] values, int count) {
    int at = reserveBits(count);
    for (int i = 0; i < count; i++) {
      bytes[at + (i >>> 3)] |= (byte) (values[i] << (i & 7));
    }
  }

  /** Room for a number of bits, all zero. */
  public int reserveBits(int count) {
    int length = (count + 7) >>> 3;
    int at = reserve(length);
    Arrays.fill(bytes, at, at + length, (byte) 0);
    return at;
  }
}
