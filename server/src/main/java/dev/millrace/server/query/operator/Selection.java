package dev.millrace.server.query.operator;

import dev.millrace.server.query.vector.Mask;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows of a block, ascending: a range of them, or some in a list. Immutable. */
public final class Selection {
  /** Null for a range, which begins at {@code first}; else the rows are there from it on. */
  private final int @Nullable [] list;

  private final int first;
  private final int size;

  private Selection(int @Nullable [] list, int first, int size) {
    this.list = list;
    this.first = first;
    this.size = size;
  }

  /**
   * Some rows.
   *
   * @param rows their numbers, ascending, of which the first {@code size} count
   */
  public static Selection of(int[] rows, int size) {
    return new Selection(rows, 0, size);
  }

  /** The rows [from, to). */
  public static Selection range(int from, int to) {
    return new Selection(null, from, to - from);
  }

  /** The rows of a mask. */
  public static Selection of(Mask mask) {
    if (mask.isAll()) {
      return range(0, mask.rows());
    }
    int[] rows = new int[mask.count()];
    mask.rowsInto(rows);
    return new Selection(rows, 0, rows.length);
  }

  /** The rows where a mask is true. */
  public static Selection of(boolean[] mask) {
    return of(Mask.of(mask.length, row -> mask[row]));
  }

  /** Those of the rows, by index, from one to before another. */
  Selection part(int from, int to) {
    return new Selection(list, first + from, to - from);
  }

  /** Those of the rows that are in a mask. */
  public Selection narrow(Mask mask) {
    if (mask.isAll() || size == 0) {
      return this;
    }
    if (list == null && first == 0 && size == mask.rows()) {
      return of(mask);
    }
    int[] rows = new int[size];
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int row = row(i);
      rows[kept] = row;
      // Without a branch, which is cheaper where the mask is irregular.
      kept += mask.test(row) ? 1 : 0;
    }
    return new Selection(rows, 0, kept);
  }

  /** Whether the rows follow one another without gaps, so that index i is row(0) + i. */
  boolean isRange() {
    return list == null;
  }

  /** The first row of a range. */
  int first() {
    return first;
  }

  public int row(int index) {
    return list == null ? first + index : list[first + index];
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** The rows as an array, of which the first {@link #size} count; not to be changed. */
  public int[] rows() {
    int[] rows = list;
    if (rows == null) {
      int[] counted = new int[size];
      Arrays.setAll(counted, i -> first + i);
      return counted;
    }
    return first == 0 ? rows : Arrays.copyOfRange(rows, first, first + size);
  }
}
