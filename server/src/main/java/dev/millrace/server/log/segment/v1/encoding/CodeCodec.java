package dev.millrace.server.log.segment.v1.encoding;

import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;
import java.util.Arrays;

/** Codes of a dictionary, bit-packed or as runs; or other small integers. */
public final class CodeCodec {
  /** Dictionaries up to this size have codes of one byte. */
  public static final int NARROW_MAX = 256;

  private static final int PACKED = 0;
  private static final int RUNS = 1;

  private CodeCodec() {}

  /** Writes n codes within [0, size), at least one. */
  public static void write(Output out, int[] codes, int n, int size) {
    long[] wide = new long[n];
    for (int i = 0; i < n; i++) {
      wide[i] = codes[i];
    }
    int begin = out.position();
    int runs = Runs.count(wide, n);
    long packed = packedLength(wide, n, size);
    if (runs > 0) {
      out.putByte(RUNS);
      Runs.write(out, wide, n, runs);
      if (out.position() - begin <= packed) {
        return;
      }
      out.rewind(begin);
    }
    out.putByte(PACKED);
    if (size <= NARROW_MAX) {
      int bits = BitPacking.bits(size - 1);
      out.putByte(bits);
      int at = out.reserve(BitPacking.bytesLength(n, bits));
      BitPacking.packBytes(codes, n, bits, out.bytes(), at);
    } else {
      PackedLongs.write(out, wide, n);
    }
  }

  private static long packedLength(long[] codes, int n, int size) {
    return size <= NARROW_MAX
        ? 2 + BitPacking.bytesLength(n, BitPacking.bits(size - 1))
        : 1 + PackedLongs.plan(codes, n).bytes();
  }

  /**
   * Reads n codes of a dictionary of at most {@link #NARROW_MAX} as unsigned bytes.
   *
   * @param check whether to check that each is within the dictionary; not needed for bytes that
   *     have been read before
   */
  public static byte[] readNarrow(Input in, int n, int size, boolean check, Scratch scratch) {
    int form = in.getByte();
    byte[] codes = new byte[n];
    if (form == RUNS) {
      Runs runs = Runs.read(in, n, scratch);
      for (int i = 0; i < runs.values().length; i++) {
        byte code = (byte) checked(runs.values()[i], size);
        Arrays.fill(codes, runs.starts()[i], runs.starts()[i + 1], code);
      }
      return codes;
    }
    checkPacked(form);
    int bits = in.getByte();
    if (bits > 8) {
      throw new IllegalArgumentException("codes of %d bits".formatted(bits));
    }
    int at = in.take(BitPacking.bytesLength(n, bits));
    BitPacking.unpackBytes(in.bytes(), at, n, bits, codes);
    if (check && size < 1 << bits) {
      int max = 0;
      for (int i = 0; i < n; i++) {
        max = Math.max(max, codes[i] & 0xff);
      }
      checked(max, size);
    }
    return codes;
  }

  /** Like {@link #readNarrow}, of a dictionary of more than {@link #NARROW_MAX}. */
  public static int[] readWide(Input in, int n, int size, boolean check, Scratch scratch) {
    int form = in.getByte();
    if (form == RUNS) {
      int[] codes = new int[n];
      Runs runs = Runs.read(in, n, scratch);
      for (int i = 0; i < runs.values().length; i++) {
        int code = checked(runs.values()[i], size);
        Arrays.fill(codes, runs.starts()[i], runs.starts()[i + 1], code);
      }
      return codes;
    }
    checkPacked(form);
    return check ? PackedLongs.readInts(in, n, size, n) : PackedLongs.readInts(in, n, n);
  }

  private static void checkPacked(int form) {
    if (form != PACKED) {
      throw new IllegalArgumentException("unknown form %d".formatted(form));
    }
  }

  private static int checked(long code, int size) {
    if (code < 0 || code >= size) {
      throw new IllegalArgumentException("code %d of %d".formatted(code, size));
    }
    return (int) code;
  }
}
