package dev.millrace.server.log.format.v1;

import java.util.Objects;

/**
 * A byte array that is read from front to back, little-endian. Reading past the end throws {@link
 * IndexOutOfBoundsException}.
 */
final class Input {
  private final byte[] bytes;
  private int position;

  Input(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  /** Passes over some bytes and returns where they begin. */
  int take(int length) {
    int at = Objects.checkFromIndexSize(position, length, bytes.length);
    position = at + length;
    return at;
  }

  int getByte() {
    return bytes[take(1)] & 0xff;
  }

  int getInt() {
    return Bytes.getInt(bytes, take(4));
  }

  long getLong() {
    return Bytes.getLong(bytes, take(8));
  }

  /**
   * @throws IllegalArgumentException if bytes are left over
   */
  void end() {
    if (position != bytes.length) {
      throw new IllegalArgumentException(
          "%d bytes are left over".formatted(bytes.length - position));
    }
  }
}
