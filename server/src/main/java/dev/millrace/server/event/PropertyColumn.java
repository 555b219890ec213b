package dev.millrace.server.event;

import java.util.Arrays;

/**
 * The values of one property path in a batch, sparse: entry {@code i} is the value of row {@code
 * row(i)}, rows ascending. Not thread-safe.
 */
public final class PropertyColumn {
  private static final int INITIAL = 16;

  private final String path;
  private int[] rows = new int[INITIAL];
  private byte[] kinds = new byte[INITIAL];
  private long[] payloads = new long[INITIAL];
  private int size;

  PropertyColumn(String path) {
    this.path = path;
  }

  /** The path as queries write it after {@code properties.}; see {@link PropertyPath}. */
  public String path() {
    return path;
  }

  public int size() {
    return size;
  }

  public int row(int entry) {
    return rows[entry];
  }

  public Kind kind(int entry) {
    return Kind.of(kinds[entry]);
  }

  /**
   * The bits of a double for a number, 0 or 1 for a boolean, a {@link Slice} for a text or a list.
   */
  public long payload(int entry) {
    return payloads[entry];
  }

  /**
   * Adds the value of a row not less than the last; the value of the same row again replaces it.
   */
  void add(int row, Kind kind, long payload) {
    if (size > 0 && rows[size - 1] == row) {
      size--;
    }
    if (size == rows.length) {
      int capacity = size * 2;
      rows = Arrays.copyOf(rows, capacity);
      kinds = Arrays.copyOf(kinds, capacity);
      payloads = Arrays.copyOf(payloads, capacity);
    }
    rows[size] = row;
    kinds[size] = (byte) kind.ordinal();
    payloads[size] = payload;
    size++;
  }

  /** Takes the newest value away if it is of this row. */
  void removeLast(int row) {
    if (size > 0 && rows[size - 1] == row) {
      size--;
    }
  }
}
