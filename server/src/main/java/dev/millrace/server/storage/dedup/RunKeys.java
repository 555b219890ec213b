package dev.millrace.server.storage.dedup;

import java.nio.ByteBuffer;

/** Keys of the table of remembered ids: a kind, then the run's number and a counter, big-endian. */
final class RunKeys {
  static final byte STATE = 1;
  static final byte MANIFEST = 2;
  static final byte CHUNK = 3;

  private RunKeys() {}

  static byte[] state() {
    return new byte[] {STATE};
  }

  static byte[] manifest(int run) {
    return ByteBuffer.allocate(5).put(MANIFEST).putInt(run).array();
  }

  static byte[] chunk(int run, int index) {
    return ByteBuffer.allocate(9).put(CHUNK).putInt(run).putInt(index).array();
  }

  static int run(ByteBuffer key) {
    return key.getInt(1);
  }
}
