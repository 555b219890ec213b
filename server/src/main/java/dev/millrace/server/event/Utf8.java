package dev.millrace.server.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Checks that bytes are text as events may hold it: well-formed UTF-8 without NUL characters. */
public final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private Utf8() {}

  /** Whether a range is a valid text. The range must lie within the array. */
  public static boolean valid(byte[] bytes, int offset, int length) {
    int end = offset + length;
    if (length < 8) {
      return offset + 8 <= bytes.length
          ? plain(filled((long) LONGS.get(bytes, offset), length)) || validFrom(bytes, offset, end)
          : validFrom(bytes, offset, end);
    }
    int last = end - 8;
    for (int at = offset; at < last; at += 8) {
      if (!plain((long) LONGS.get(bytes, at))) {
        return validFrom(bytes, at, end);
      }
    }
    // The last eight bytes may overlap with those before.
    return plain((long) LONGS.get(bytes, last)) || validFrom(bytes, offset, end);
  }

  /** Eight bytes of which those after the first few are replaced by ones that pass. */
  private static long filled(long eight, int length) {
    long mask = (1L << (length << 3)) - 1;
    return (eight & mask) | (ONES & ~mask);
  }

  /** Whether eight bytes are all within 1..127: a byte of 0 borrows into its top bit. */
  private static boolean plain(long eight) {
    return ((eight | (eight - ONES)) & HIGHS) == 0;
  }

  /**
   * The longest prefix of a valid text that has at most so many bytes and doesn't split a
   * character.
   */
  public static int prefix(byte[] bytes, int offset, int length, int maxLength) {
    if (length <= maxLength) {
      return length;
    }
    int end = maxLength;
    while (end > 0 && (bytes[offset + end] & 0xc0) == 0x80) {
      end--;
    }
    return end;
  }

  private static boolean validFrom(byte[] bytes, int start, int end) {
    int at = start;
    while (at < end) {
      int lead = bytes[at];
      if (lead > 0) {
        at++;
      } else {
        int length = sequenceLength(lead & 0xff);
        if (length == 0 || at + length > end || !validSequence(bytes, at, length)) {
          return false;
        }
        at += length;
      }
    }
    return true;
  }

  /** The length that a lead byte of a sequence announces, or 0 if it can't be one. */
  private static int sequenceLength(int lead) {
    if (lead < 0xc2) {
      return 0;
    }
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  }

  private static boolean validSequence(byte[] bytes, int at, int length) {
    for (int i = 1; i < length; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return false;
      }
    }
    int second = bytes[at + 1] & 0xff;
    return switch (bytes[at] & 0xff) {
      // Overlong forms, surrogates, and what lies beyond U+10FFFF.
      case 0xe0 -> second >= 0xa0;
      case 0xed -> second < 0xa0;
      case 0xf0 -> second >= 0x90;
      case 0xf4 -> second < 0x90;
      default -> true;
    };
  }
}
