package dev.millrace.server.log.segment.v1.encoding;

import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;

/** Sorted byte strings, each without what it has in common with the one before. */
public final class FrontCoding {
  private FrontCoding() {}

  /**
   * Writes values in an order.
   *
   * @param order the numbers of the values to write
   */
  public static void write(Output out, Values values, int[] order) {
    int n = order.length;
    byte[] bytes = values.bytes();
    int[] shared = new int[n];
    int[] rest = new int[n];
    byte[] ends = new byte[values.totalLength()];
    int length = 0;
    for (int i = 0; i < n; i++) {
      int common = i == 0 ? 0 : common(values, order[i - 1], order[i]);
      shared[i] = common;
      rest[i] = values.length(order[i]) - common;
      System.arraycopy(bytes, values.start(order[i]) + common, ends, length, rest[i]);
      length += rest[i];
    }
    out.putInt(n);
    PackedLongs.write(out, shared, n);
    PackedLongs.write(out, rest, n);
    Blob.write(out, ends, length, Math.max(1, n));
  }

  private static int common(Values values, int a, int b) {
    byte[] bytes = values.bytes();
    int max = Math.min(values.length(a), values.length(b));
    int fromA = values.start(a);
    int fromB = values.start(b);
    int length = 0;
    while (length < max && bytes[fromA + length] == bytes[fromB + length]) {
      length++;
    }
    return length;
  }

  /** Reads values in the order in which they were written. */
  public static Values read(Input in, int size) {
    int n = in.getInt();
    if (n != size) {
      throw new IllegalArgumentException("%d values in place of %d".formatted(n, size));
    }
    int[] shared = PackedLongs.readInts(in, n, Integer.MAX_VALUE, n);
    int[] rest = PackedLongs.readInts(in, n, Integer.MAX_VALUE, n);
    byte[] ends = Blob.read(in);
    int[] offsets = new int[n + 1];
    for (int i = 0; i < n; i++) {
      offsets[i + 1] = Math.addExact(offsets[i], Math.addExact(shared[i], rest[i]));
    }
    byte[] bytes = new byte[offsets[n]];
    int from = 0;
    for (int i = 0; i < n; i++) {
      int to = offsets[i];
      if (shared[i] > 0) {
        if (i == 0 || shared[i] > to - offsets[i - 1]) {
          throw new IllegalArgumentException("a value that shares what isn't there");
        }
        System.arraycopy(bytes, offsets[i - 1], bytes, to, shared[i]);
      }
      System.arraycopy(ends, from, bytes, to + shared[i], rest[i]);
      from += rest[i];
    }
    if (from != ends.length) {
      throw new IllegalArgumentException("%d bytes in place of %d".formatted(ends.length, from));
    }
    return new Values(bytes, offsets, n);
  }
}
