package dev.millrace.server.log.segment.v1.encoding;

import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;
import java.util.Arrays;

/** A run of bytes, as it is. */
final class Blob {
  private static final int PLAIN = 0;

  private Blob() {}

  static void write(Output out, byte[] bytes, int length) {
    out.putByte(PLAIN);
    out.putInt(length);
    out.put(bytes, 0, length);
  }

  /** Reads bytes into an array of their own. */
  static byte[] read(Input in) {
    int form = in.getByte();
    int length = in.getInt();
    if (form != PLAIN) {
      throw new IllegalArgumentException("unknown form %d".formatted(form));
    }
    int at = in.take(length);
    return Arrays.copyOfRange(in.bytes(), at, at + length);
  }
}
