package dev.millrace.server.log.segment.v1.encoding;

import dev.millrace.server.log.format.v1.Bytes;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Byte strings one after the other: the texts or lists of a column, each different one once or as
 * they come. Confined to one thread while it grows.
 */
public final class Values {
  private static final int INITIAL = 64;

  // Differs from process to process, so that nobody can choose texts that all hash alike. What is
  // written doesn't depend on it.
  private static final long SEED = new SplittableRandom().nextLong();

  private byte[] bytes;

  /** Where each value begins, and after the last one its end. */
  private int[] offsets;

  private int size;

  /** Open addressing: a value's hash in the upper half, its code + 1 in the lower; 0 is free. */
  private long[] table = {};

  public Values() {
    this(new byte[INITIAL * 16], new int[INITIAL + 1], 0);
  }

  /**
   * @param offsets where each value begins, and after the last one its end
   */
  Values(byte[] bytes, int[] offsets, int size) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.size = size;
  }

  public int size() {
    return size;
  }

  /** The array that values lie in; another one after more has been added. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where a value begins. */
  public int start(int value) {
    return offsets[value];
  }

  public int length(int value) {
    return offsets[value + 1] - offsets[value];
  }

  /** The length of all values together. */
  public int totalLength() {
    return offsets[size];
  }

  /** Memory in bytes. */
  public long retainedBytes() {
    return bytes.length + 4L * offsets.length + 8L * table.length;
  }

  /** Adds a value and returns its number. */
  public int append(byte[] source, int offset, int length) {
    if (size + 1 == offsets.length) {
      offsets = Arrays.copyOf(offsets, grown(size + 1) + 1);
    }
    int at = offsets[size];
    int end = Math.addExact(at, length);
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, grown(end)));
    }
    System.arraycopy(source, offset, bytes, at, length);
    offsets[++size] = end;
    return size - 1;
  }

  private static int grown(int needed) {
    return (int) Math.min(Integer.MAX_VALUE - 16L, needed + (needed >> 1) + 16L);
  }

  /** The number of a value, which is added unless it's there. All values must come this way. */
  public int intern(byte[] source, int offset, int length) {
    if (size * 2 >= table.length) {
      growTable();
    }
    int hash = Bytes.hash(source, offset, length, SEED);
    int slot = hash & (table.length - 1);
    for (long entry = table[slot]; entry != 0; entry = table[slot]) {
      int value = (int) entry - 1;
      if ((int) (entry >>> 32) == hash
          && length(value) == length
          && Bytes.equal(bytes, offsets[value], source, offset, length)) {
        return value;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    int value = append(source, offset, length);
    table[slot] = (long) hash << 32 | (value + 1);
    return value;
  }

  private void growTable() {
    long[] grown = new long[Math.max(INITIAL * 4, table.length * 2)];
    for (long entry : table) {
      if (entry != 0) {
        int slot = (int) (entry >>> 32) & (grown.length - 1);
        while (grown[slot] != 0) {
          slot = (slot + 1) & (grown.length - 1);
        }
        grown[slot] = entry;
      }
    }
    table = grown;
  }

  /** The numbers of all values in ascending order of their bytes, taken as unsigned. */
  public int[] sorted() {
    long[] prefixes = new long[size];
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      prefixes[i] = prefix(i);
      order[i] = i;
    }
    MergeSort.sort(
        order,
        (a, b) -> {
          int byPrefix = Long.compareUnsigned(prefixes[a], prefixes[b]);
          return byPrefix != 0 ? byPrefix : compare(a, b);
        });
    return order;
  }

  /** The first eight bytes, most significant first; zeros for those that aren't there. */
  private long prefix(int value) {
    int at = offsets[value];
    int length = Math.min(8, length(value));
    long prefix = 0;
    for (int i = 0; i < length; i++) {
      prefix |= (bytes[at + i] & 0xffL) << (56 - 8 * i);
    }
    return prefix;
  }

  private int compare(int a, int b) {
    return Arrays.compareUnsigned(
        bytes, offsets[a], offsets[a + 1], bytes, offsets[b], offsets[b + 1]);
  }

  /** Like {@link String#compareTo}, by unsigned bytes. */
  public int compare(int value, byte[] other) {
    return Arrays.compareUnsigned(
        bytes, offsets[value], offsets[value + 1], other, 0, other.length);
  }
}
