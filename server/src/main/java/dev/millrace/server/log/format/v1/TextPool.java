package dev.millrace.server.log.format.v1;

import dev.millrace.server.event.Slice;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The texts (or lists) of a column of a block in the making: the different ones, and a code for
 * each entry. Written as values by code or as values in order, whichever is smaller.
 *
 * <p>A column that turns out to repeat hardly anything isn't looked up in the hash table any more:
 * from then on every entry is taken as a new value, and the column is written in order. (Comparing
 * with the entry before first, as one might, costs more in mispredicted branches than it saves.)
 */
final class TextPool {
  private static final int INITIAL = 64;
  private static final int BYTES_KEPT_MAX = 1024 * 1024;
  private static final int TABLE_KEPT_MAX = 64 * 1024;

  /** From this many entries on, a column of mostly different values is recognised. */
  private static final int SCATTERED_FROM = 256;

  // Differs from process to process, so that nobody can choose texts that all hash alike. What is
  // written
  // doesn't depend on it.
  private static final long SEED = new SplittableRandom().nextLong();

  private byte[] bytes = new byte[INITIAL * 16];
  private int bytesLength;

  /** Where each value begins, and after the last one its end. */
  private int[] offsets = new int[INITIAL + 1];

  /** Open addressing: a value's hash in the upper half, its code + 1 in the lower; 0 is free. */
  private long[] table = new long[INITIAL * 2];

  private int size;
  private int[] codes = new int[INITIAL];
  private int count;
  private boolean lookUp;

  /** The bytes of all entries together, repeated ones included. */
  private long entryBytes;

  private int shortest;
  private int longest;
  private int[] lengths = new int[INITIAL];

  /**
   * Begins anew.
   *
   * @param lookUp whether values may repeat; false if they're known to be different mostly
   */
  void reset(boolean lookUp) {
    if (table.length > TABLE_KEPT_MAX) {
      table = new long[INITIAL * 2];
    } else if (size > 0 && this.lookUp) {
      Arrays.fill(table, 0);
    }
    if (bytes.length > BYTES_KEPT_MAX) {
      bytes = new byte[INITIAL * 16];
    }
    this.lookUp = lookUp;
    bytesLength = 0;
    size = 0;
    count = 0;
    entryBytes = 0;
    shortest = Integer.MAX_VALUE;
    longest = 0;
  }

  int count() {
    return count;
  }

  long estimatedBytes() {
    return bytesLength + 3L * count + 4L * size;
  }

  /** Adds entries: slices of the source. */
  void add(byte[] source, long[] slices, int length) {
    if (count + length > codes.length) {
      codes = Arrays.copyOf(codes, Math.max(count + length, codes.length * 2));
    }
    for (int from = 0; from < length; ) {
      // Looked at where the number of entries is a power of two, however they come in.
      int nextLook = Math.max(SCATTERED_FROM, Integer.highestOneBit(count) * 2);
      int to = Math.min(length, from + nextLook - count);
      if (lookUp) {
        findAll(source, slices, from, to);
      } else {
        insertAll(source, slices, from, to);
      }
      from = to;
      if (count == nextLook && lookUp && size > count - count / 8) {
        Arrays.fill(table, 0);
        lookUp = false;
      }
    }
  }

  private void insertAll(byte[] source, long[] slices, int from, int to) {
    for (int i = from; i < to; i++) {
      int length = Slice.length(slices[i]);
      entryBytes += length;
      codes[count++] = insert(source, Slice.offset(slices[i]), length);
    }
  }

  // The innermost loop of writing a block, hence with everything in local variables.
  private void findAll(byte[] source, long[] slices, int from, int to) {
    int[] toCodes = codes;
    int next = count;
    long total = 0;
    long[] entries = table;
    int[] starts = offsets;
    byte[] values = bytes;
    for (int i = from; i < to; i++) {
      int offset = Slice.offset(slices[i]);
      int length = Slice.length(slices[i]);
      total += length;
      int hash = Bytes.hash(source, offset, length, SEED);
      int slot = hash & (entries.length - 1);
      int code = -1;
      for (long entry = entries[slot]; entry != 0; entry = entries[slot]) {
        int at = starts[(int) entry - 1];
        if ((int) (entry >>> 32) == hash
            && starts[(int) entry] - at == length
            && Bytes.equal(values, at, source, offset, length)) {
          code = (int) entry - 1;
          break;
        }
        slot = (slot + 1) & (entries.length - 1);
      }
      if (code < 0) {
        code = insert(source, offset, length);
        place(slot, hash, code);
        entries = table;
        starts = offsets;
        values = bytes;
      }
      toCodes[next++] = code;
    }
    count = next;
    entryBytes += total;
  }

  private void place(int slot, int hash, int code) {
    table[slot] = (long) hash << 32 | (code + 1);
    if (size * 2 > table.length) {
      growTable();
    }
  }

  private int insert(byte[] source, int offset, int length) {
    if (size + 1 == offsets.length) {
      offsets = Arrays.copyOf(offsets, size * 2 + 1);
    }
    int end = Math.addExact(bytesLength, length);
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, end * 2L));
    }
    System.arraycopy(source, offset, bytes, bytesLength, length);
    shortest = Math.min(shortest, length);
    longest = Math.max(longest, length);
    offsets[size] = bytesLength;
    offsets[size + 1] = end;
    bytesLength = end;
    return size++;
  }

  private void growTable() {
    long[] old = table;
    table = new long[old.length * 4];
    int mask = table.length - 1;
    for (long entry : old) {
      if (entry != 0) {
        int slot = (int) (entry >>> 32) & mask;
        while (table[slot] != 0) {
          slot = (slot + 1) & mask;
        }
        table[slot] = entry;
      }
    }
  }

  /** Writes the part of a column for these entries; there is one at least. */
  void write(Output out) {
    boolean inOrder = !lookUp || inOrderSize() <= byCodeSize();
    if (inOrder && size < count) {
      repeatValues();
    }
    int values = inOrder ? count : size;
    out.putByte(inOrder ? BlockLayout.VALUES_IN_ORDER : BlockLayout.VALUES_BY_CODE);
    int formAt = out.reserve(1);
    out.putInt(values);
    if (!inOrder) {
      PackedIntegers.write(out, codes, count);
    }
    boolean uuids = writeUuids(out, values);
    out.bytes()[formAt] = (byte) (uuids ? BlockLayout.FORM_UUID : BlockLayout.FORM_BYTES);
    if (!uuids) {
      writeBytes(out, values);
    }
  }

  private long inOrderSize() {
    return entryBytes + (long) count * PackedIntegers.width(longest - shortest);
  }

  private long byCodeSize() {
    return bytesLength
        + (long) size * PackedIntegers.width(longest - shortest)
        + (long) count * PackedIntegers.width(size - 1);
  }

  /** Makes a value of every entry. */
  private void repeatValues() {
    byte[] repeated = new byte[Math.toIntExact(entryBytes)];
    int[] starts = new int[count + 1];
    int to = 0;
    for (int i = 0; i < count; i++) {
      int at = offsets[codes[i]];
      int length = offsets[codes[i] + 1] - at;
      System.arraycopy(bytes, at, repeated, to, length);
      to += length;
      starts[i + 1] = to;
    }
    bytes = repeated;
    bytesLength = to;
    offsets = starts;
    lookUp = false;
    Arrays.fill(table, 0);
    size = count;
  }

  private boolean writeUuids(Output out, int values) {
    if (shortest != Uuids.TEXT_LENGTH || longest != Uuids.TEXT_LENGTH) {
      return false;
    }
    int begin = out.position();
    int at = out.reserve(Math.multiplyExact(values, Uuids.LENGTH));
    byte[] to = out.bytes();
    for (int i = 0; i < values; i++) {
      if (!Uuids.parse(bytes, offsets[i], to, at + i * Uuids.LENGTH)) {
        out.rewind(begin);
        return false;
      }
    }
    return true;
  }

  private void writeBytes(Output out, int values) {
    if (lengths.length < values) {
      lengths = new int[Math.max(values, lengths.length * 2)];
    }
    for (int i = 0; i < values; i++) {
      lengths[i] = offsets[i + 1] - offsets[i];
    }
    PackedIntegers.write(out, lengths, values);
    out.put(bytes, 0, bytesLength);
  }
}
