package dev.millrace.server.log.format.v1;

/**
 * UUIDs between their canonical text (36 bytes, lower case) and 16 bytes.
 *
 * <p>Eight hexadecimal digits at a time are handled as the bytes of a long, the first digit in the
 * least significant byte. A digit is checked by making it again from what was read.
 */
public final class Uuids {
  public static final int TEXT_LENGTH = 36;
  public static final int LENGTH = 16;

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long UPPER_HALVES = 0xf0f0_f0f0_f0f0_f0f0L;
  private static final long LOW_INTS = 0xffff_ffffL;

  private Uuids() {}

  /**
   * Turns a text into 16 bytes.
   *
   * @return false, with the target undefined, if it isn't a canonical lower-case UUID
   */
  public static boolean parse(byte[] text, int at, byte[] target, int to) {
    if (text[at + 8] != '-'
        || text[at + 13] != '-'
        || text[at + 18] != '-'
        || text[at + 23] != '-') {
      return false;
    }
    long a = Bytes.getLong(text, at);
    long b = ints(Bytes.getInt(text, at + 9), Bytes.getInt(text, at + 14));
    long c = ints(Bytes.getInt(text, at + 19), Bytes.getInt(text, at + 24));
    long d = Bytes.getLong(text, at + 28);
    long na = nibbles(a);
    long nb = nibbles(b);
    long nc = nibbles(c);
    long nd = nibbles(d);
    if (((na | nb | nc | nd) & UPPER_HALVES) != 0
        || digits(na) != a
        || digits(nb) != b
        || digits(nc) != c
        || digits(nd) != d) {
      return false;
    }
    Bytes.putInt(target, to, pack(na));
    Bytes.putInt(target, to + 4, pack(nb));
    Bytes.putInt(target, to + 8, pack(nc));
    Bytes.putInt(target, to + 12, pack(nd));
    return true;
  }

  /** Turns 16 bytes into a text. */
  public static void format(byte[] uuid, int at, byte[] target, int to) {
    long b = digits(unpack(Bytes.getInt(uuid, at + 4)));
    long c = digits(unpack(Bytes.getInt(uuid, at + 8)));
    Bytes.putLong(target, to, digits(unpack(Bytes.getInt(uuid, at))));
    Bytes.putInt(target, to + 9, (int) b);
    Bytes.putInt(target, to + 14, (int) (b >>> 32));
    Bytes.putInt(target, to + 19, (int) c);
    Bytes.putInt(target, to + 24, (int) (c >>> 32));
    Bytes.putLong(target, to + 28, digits(unpack(Bytes.getInt(uuid, at + 12))));
    target[to + 8] = '-';
    target[to + 13] = '-';
    target[to + 18] = '-';
    target[to + 23] = '-';
  }

  private static long ints(int low, int high) {
    return (low & LOW_INTS) | ((long) high << 32);
  }

  /** The values of hexadecimal digits; something below 32 for any other byte. */
  private static long nibbles(long digits) {
    return (digits & (0x0f * ONES)) + ((digits >>> 6) & ONES) * 9;
  }

  /** The digits of values below 16. */
  private static long digits(long nibbles) {
    long letters = ((nibbles + 6 * ONES) >>> 4) & ONES;
    return nibbles + '0' * ONES + letters * ('a' - '0' - 10);
  }

  /** Eight nibbles as four bytes, the first of two nibbles in the upper half. */
  private static int pack(long nibbles) {
    long x = ((nibbles << 4) | (nibbles >>> 8)) & 0x00ff_00ff_00ff_00ffL;
    x = (x | (x >>> 8)) & 0x0000_ffff_0000_ffffL;
    return (int) (x | (x >>> 16));
  }

  private static long unpack(int packed) {
    long x = packed & LOW_INTS;
    x = (x | (x << 16)) & 0x0000_ffff_0000_ffffL;
    x = (x | (x << 8)) & 0x00ff_00ff_00ff_00ffL;
    return ((x >>> 4) & 0x000f_000f_000f_000fL) | ((x & 0x000f_000f_000f_000fL) << 8);
  }
}
