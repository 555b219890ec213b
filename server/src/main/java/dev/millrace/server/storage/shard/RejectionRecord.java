package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.Rejection;
import dev.millrace.server.storage.StoredRejection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The stored form of a rejection: {@code u8 version, u8 reason, u8 format, u8 truncated, i64
 * received, i64 hash of the original, u16 + field, u16 + message, original}, big-endian.
 */
final class RejectionRecord {
  static final int ORIGINAL_BYTES_MAX = 64 * 1024;
  private static final byte VERSION = 1;
  private static final int FIXED_BYTES = 20;
  private static final int TEXT_BYTES_MAX = 4096;
  private static final RejectReason[] REASONS = RejectReason.values();
  private static final OriginalFormat[] FORMATS = OriginalFormat.values();

  private RejectionRecord() {}

  static ByteBuffer encode(Rejection rejection, long hash, long receivedMicros) {
    byte[] field = cut(rejection.field());
    byte[] message = cut(rejection.message());
    byte[] original = rejection.original();
    int kept = Math.min(original.length, ORIGINAL_BYTES_MAX);
    ByteBuffer value = ByteBuffer.allocate(FIXED_BYTES + 4 + field.length + message.length + kept);
    value.put(VERSION).put((byte) rejection.reason().ordinal());
    value.put((byte) rejection.format().ordinal()).put((byte) (kept < original.length ? 1 : 0));
    value.putLong(receivedMicros).putLong(hash);
    value.putShort((short) field.length).put(field);
    value.putShort((short) message.length).put(message);
    return value.put(original, 0, kept).flip();
  }

  private static byte[] cut(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= TEXT_BYTES_MAX ? bytes : Arrays.copyOf(bytes, TEXT_BYTES_MAX);
  }

  static long hash(ByteBuffer value) {
    return value.getLong(12);
  }

  /** Whether a record is of the same bytes. */
  static boolean isOf(ByteBuffer value, Rejection rejection) {
    StoredRejection stored = decode(0, value);
    byte[] original = rejection.original();
    int kept = Math.min(original.length, ORIGINAL_BYTES_MAX);
    return stored.format() == rejection.format()
        && stored.truncated() == (kept < original.length)
        && Arrays.equals(stored.original(), 0, stored.original().length, original, 0, kept);
  }

  static StoredRejection decode(long number, ByteBuffer stored) {
    if (stored.get(0) > VERSION) {
      throw new StorageException.TooNew("a rejected event", stored.get(0), VERSION);
    }
    ByteBuffer value = stored.slice(FIXED_BYTES, stored.remaining() - FIXED_BYTES);
    String field = text(value);
    String message = text(value);
    byte[] original = new byte[value.remaining()];
    value.get(original);
    return new StoredRejection(
        id(number),
        REASONS[stored.get(1)],
        field,
        message,
        stored.getLong(4),
        original,
        FORMATS[stored.get(2)],
        stored.get(3) != 0);
  }

  private static String text(ByteBuffer value) {
    byte[] bytes = new byte[Short.toUnsignedInt(value.getShort())];
    value.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The number as hexadecimal digits of equal length, so that ids ascend like numbers. */
  static String id(long number) {
    return "%016x".formatted(number);
  }

  /** The number of an id; -1 if it isn't one. */
  static long number(String id) {
    try {
      return id.length() == 16 ? Long.parseLong(id, 16) : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
