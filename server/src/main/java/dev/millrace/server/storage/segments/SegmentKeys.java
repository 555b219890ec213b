package dev.millrace.server.storage.segments;

import java.nio.ByteBuffer;

/** Keys of the tables of segments, big-endian, so that the order of bytes is that of numbers. */
final class SegmentKeys {
  private SegmentKeys() {}

  static byte[] entry(int project, long fromSequence) {
    return ByteBuffer.allocate(12).putInt(project).putLong(fromSequence).array();
  }

  static byte[] chunk(long segment, int number) {
    return ByteBuffer.allocate(12).putLong(segment).putInt(number).array();
  }

  static byte[] project(int project) {
    return ByteBuffer.allocate(4).putInt(project).array();
  }
}
