package dev.millrace.server.log.format.v1;

import java.util.Objects;

/**
 * A byte array that is read from front to back, little-endian. Reading past the end throws {@link
 * IndexOutOfBoundsException}.
 */
public final class Input {
  private final byte[] bytes;
  private int position;

  public Input(byte[] bytes) {
    this.bytes = bytes;
  }

  public byte[] bytes() {
    return bytes;
  }

  /** Passes over some bytes and returns where they begin. */
  public int take(int length) {
    int at = Objects.checkFromIndexSize(position, length, bytes.length);
    position = at + length;
    return at;
  }

  public int getByte() {
    return bytes[take(1)] & 0xff;
  }

  public int getInt() {
    return Bytes.getInt(bytes, take(4));
  }

  public long getLong() {
    return Bytes.getLong(bytes, take(8));
  }

  /**
   * @throws IllegalArgumentException if bytes are left over
   */
  public void end() {
    if (position != bytes.length) {
      throw new IllegalArgumentException(
          "%d bytes are left over".formatted(bytes.length - position));
    }
  }
}
