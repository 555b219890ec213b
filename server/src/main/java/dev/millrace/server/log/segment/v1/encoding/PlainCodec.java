package dev.millrace.server.log.segment.v1.encoding;

import dev.millrace.server.log.format.v1.Bytes;
import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;
import dev.millrace.server.log.format.v1.Uuids;

/**
 * Values that hardly repeat, in the order of their rows. UUIDs of version 7 (RFC 9562) are taken
 * apart: their times, close to one another, and the 74 random bits.
 */
public final class PlainCodec {
  private static final int BYTES = 0;
  private static final int UUID = 1;
  private static final int UUID_7 = 2;

  private static final int RANDOM_BITS = 10;
  private static final int VERSION_7 = 7;
  private static final int VARIANT = 2;

  private PlainCodec() {}

  /**
   * Writes chosen values, at least one.
   *
   * @param uuids whether values are UUIDs in 16 bytes, standing for their texts
   */
  public static void write(Output out, Values values, int[] chosen, int n, boolean uuids) {
    if (!uuids) {
      writeBytes(out, values, chosen, n);
    } else if (areVersion7(values, chosen, n)) {
      writeVersion7(out, values, chosen, n);
    } else {
      out.putByte(UUID);
      for (int i = 0; i < n; i++) {
        out.put(values.bytes(), values.start(chosen[i]), Uuids.LENGTH);
      }
    }
  }

  private static void writeBytes(Output out, Values values, int[] chosen, int n) {
    int[] lengths = new int[n];
    int total = 0;
    for (int i = 0; i < n; i++) {
      lengths[i] = values.length(chosen[i]);
      total = Math.addExact(total, lengths[i]);
    }
    byte[] bytes = new byte[total];
    int to = 0;
    for (int i = 0; i < n; i++) {
      System.arraycopy(values.bytes(), values.start(chosen[i]), bytes, to, lengths[i]);
      to += lengths[i];
    }
    out.putByte(BYTES);
    PackedLongs.write(out, lengths, n);
    Blob.write(out, bytes, total, n);
  }

  private static long high(Values values, int value) {
    return Long.reverseBytes(Bytes.getLong(values.bytes(), values.start(value)));
  }

  private static long low(Values values, int value) {
    return Long.reverseBytes(Bytes.getLong(values.bytes(), values.start(value) + 8));
  }

  private static boolean areVersion7(Values values, int[] chosen, int n) {
    for (int i = 0; i < n; i++) {
      if ((high(values, chosen[i]) >>> 12 & 15) != VERSION_7
          || low(values, chosen[i]) >>> 62 != VARIANT) {
        return false;
      }
    }
    return true;
  }

  // The two bits of the variant make room for two of the twelve random bits beside the time.
  private static void writeVersion7(Output out, Values values, int[] chosen, int n) {
    long[] millis = new long[n];
    int[] random = new int[n];
    out.putByte(UUID_7);
    int at = out.reserve(Math.multiplyExact(8, n));
    for (int i = 0; i < n; i++) {
      long high = high(values, chosen[i]);
      millis[i] = high >>> 16;
      random[i] = (int) high & 0x3ff;
      long low = (low(values, chosen[i]) & (-1L >>> 2)) | (((high >>> RANDOM_BITS) & 3) << 62);
      Bytes.putLong(out.bytes(), at + 8 * i, low);
    }
    LongCodec.write(out, millis, n);
    int packedAt = out.reserve(BitPacking.intsLength(n, RANDOM_BITS));
    BitPacking.packInts(random, n, RANDOM_BITS, out.bytes(), packedAt);
  }

  /** Reads n values, at least one: the bytes of texts or lists, UUIDs as their texts' bytes. */
  public static Values read(Input in, int n, Scratch scratch) {
    int form = in.getByte();
    return switch (form) {
      case BYTES -> readBytes(in, n);
      case UUID -> {
        int at = in.take(Math.multiplyExact(Uuids.LENGTH, n));
        yield uuidTexts(in.bytes(), at, n);
      }
      case UUID_7 -> readVersion7(in, n, scratch);
      default -> throw new IllegalArgumentException("unknown form %d".formatted(form));
    };
  }

  private static Values readBytes(Input in, int n) {
    int[] offsets = PackedLongs.readInts(in, n, Integer.MAX_VALUE, n + 1);
    int end = 0;
    for (int i = 0; i < n; i++) {
      int length = offsets[i];
      offsets[i] = end;
      end = Math.addExact(end, length);
    }
    offsets[n] = end;
    byte[] bytes = Blob.read(in);
    if (bytes.length != end) {
      throw new IllegalArgumentException("%d bytes in place of %d".formatted(bytes.length, end));
    }
    return new Values(bytes, offsets, n);
  }

  private static Values readVersion7(Input in, int n, Scratch scratch) {
    int lowAt = in.take(Math.multiplyExact(8, n));
    long[] millis = LongCodec.read(in, n, scratch);
    int randomAt = in.take(BitPacking.intsLength(n, RANDOM_BITS));
    int[] random = scratch.ints(n);
    BitPacking.unpackInts(in.bytes(), randomAt, n, RANDOM_BITS, random);
    byte[] uuids = new byte[Math.multiplyExact(Uuids.LENGTH, n)];
    for (int i = 0; i < n; i++) {
      long stored = Bytes.getLong(in.bytes(), lowAt + 8 * i);
      long high =
          (millis[i] << 16)
              | (VERSION_7 << 12)
              | ((stored >>> 62) << RANDOM_BITS)
              | (random[i] & 0x3ff);
      long low = (stored & (-1L >>> 2)) | (1L << 63);
      Bytes.putLong(uuids, Uuids.LENGTH * i, Long.reverseBytes(high));
      Bytes.putLong(uuids, Uuids.LENGTH * i + 8, Long.reverseBytes(low));
    }
    return uuidTexts(uuids, 0, n);
  }

  /** The texts of UUIDs in 16 bytes each. */
  static Values uuidTexts(byte[] uuids, int at, int n) {
    byte[] texts = new byte[Math.multiplyExact(Uuids.TEXT_LENGTH, n)];
    int[] offsets = new int[n + 1];
    for (int i = 0; i < n; i++) {
      Uuids.format(uuids, at + Uuids.LENGTH * i, texts, Uuids.TEXT_LENGTH * i);
      offsets[i + 1] = Uuids.TEXT_LENGTH * (i + 1);
    }
    return new Values(texts, offsets, n);
  }

  /** The texts of values that are UUIDs in 16 bytes each. */
  public static Values uuidTexts(Values uuids) {
    return uuidTexts(uuids.bytes(), 0, uuids.size());
  }
}
