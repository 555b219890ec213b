package dev.millrace.server.storage.shard;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Keys of a shard's tables, big-endian, so that the order of bytes is the order of numbers. */
final class Keys {
  private static final byte STATE = 1;
  private static final byte PROJECT = 2;

  private Keys() {}

  static byte[] state() {
    return new byte[] {STATE};
  }

  static byte[] project(String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + text.length).put(PROJECT).put(text).array();
  }

  static boolean isProject(ByteBuffer key) {
    return key.get(0) == PROJECT;
  }

  static String projectName(ByteBuffer key) {
    byte[] text = new byte[key.remaining() - 1];
    key.get(1, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  static byte[] chunk(int project, long firstSequence, int chunk) {
    return ByteBuffer.allocate(14)
        .putInt(project)
        .putLong(firstSequence)
        .putShort((short) chunk)
        .array();
  }

  /** Of the table of blocks, and of rejections by number, and of rejections by hash. */
  static byte[] inProject(int project, long number) {
    return ByteBuffer.allocate(12).putInt(project).putLong(number).array();
  }

  static byte[] ordinal(long ordinal) {
    return ByteBuffer.allocate(8).putLong(ordinal).array();
  }

  static byte[] producer(int project, byte[] producer) {
    return ByteBuffer.allocate(4 + producer.length).putInt(project).put(producer).array();
  }
}
