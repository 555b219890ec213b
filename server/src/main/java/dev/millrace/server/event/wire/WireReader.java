package dev.millrace.server.event.wire;

import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.RejectReason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A place in protobuf bytes that moves forward. Every method takes the end of the message it reads
 * within and throws a MALFORMED {@link BrokenEvent} rather than read beyond it.
 */
final class WireReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int GROUP_START = 3;
  static final int GROUP_END = 4;
  static final int FIXED32 = 5;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int GROUPS_MAX = 64;

  final byte[] bytes;
  int at;

  WireReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Reads a tag: the field number times 8, plus the wire type. */
  int tag(int end) {
    int tag = (int) varint(end);
    if (tag >>> 3 == 0) {
      throw malformed("field number 0");
    }
    return tag;
  }

  long varint(int end) {
    if (at < end) {
      byte first = bytes[at];
      if (first >= 0) {
        at++;
        return first;
      }
    }
    return longVarint(end);
  }

  // The place is in a local variable, so that no byte waits for it to come back from memory.
  private long longVarint(int end) {
    long value = 0;
    int next = at;
    for (int shift = 0; shift < 70; shift += 7) {
      if (next >= end) {
        throw truncated();
      }
      byte read = bytes[next++];
      value |= (long) (read & 0x7f) << shift;
      if (read >= 0) {
        at = next;
        return value;
      }
    }
    throw malformed("a number of more than 10 bytes");
  }

  /** Reads the length of a field that lies within the message wholly. */
  int length(int end) {
    long length = varint(end);
    if (length < 0 || length > end - at) {
      throw malformed(
          "a field of %d bytes where %d are left".formatted(length, Math.max(0, end - at)));
    }
    return (int) length;
  }

  long fixed64(int end) {
    if (end - at < 8) {
      throw truncated();
    }
    long value = longAt(bytes, at);
    at += 8;
    return value;
  }

  /** Eight bytes that are there. */
  static long longAt(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  /** Skips a field that nobody knows. */
  void skip(int tag, int end) {
    skip(tag, end, 0);
  }

  private void skip(int tag, int end, int groups) {
    switch (tag & 7) {
      case VARINT -> varint(end);
      case FIXED64 -> skipBytes(8, end);
      case BYTES -> skipBytes(length(end), end);
      case FIXED32 -> skipBytes(4, end);
      case GROUP_START -> {
        if (groups == GROUPS_MAX) {
          throw malformed("groups nested more than %d levels".formatted(GROUPS_MAX));
        }
        skipGroup(tag >>> 3, end, groups + 1);
      }
      case GROUP_END -> throw malformed("the end of a group that didn't begin");
      default -> throw malformed("wire type " + (tag & 7));
    }
  }

  private void skipGroup(int number, int end, int groups) {
    while (true) {
      int tag = tag(end);
      if ((tag & 7) == GROUP_END) {
        if (tag >>> 3 != number) {
          throw malformed("the end of another group than the one that began");
        }
        return;
      }
      skip(tag, end, groups);
    }
  }

  private void skipBytes(int count, int end) {
    if (end - at < count) {
      throw truncated();
    }
    at += count;
  }

  static BrokenEvent truncated() {
    return malformed("the bytes end within a field");
  }

  /** What is thrown for a known field of a wire type that it can't have. */
  static BrokenEvent wrongType(int tag) {
    return malformed("wire type " + (tag & 7) + " doesn't fit the field");
  }

  static BrokenEvent malformed(String found) {
    return new BrokenEvent(RejectReason.MALFORMED, "", "not a protobuf message: " + found);
  }
}
