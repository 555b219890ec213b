package dev.millrace.server.query.operator;

/**
 * Rows of a block, ascending.
 *
 * @param rows their numbers, of which the first {@code size} count
 */
public record Selection(int[] rows, int size) {
  /** The rows where a mask is true. */
  public static Selection of(boolean[] mask) {
    int[] rows = new int[mask.length];
    int size = 0;
    for (int i = 0; i < mask.length; i++) {
      rows[size] = i;
      // Without a branch, which is cheaper where the mask is irregular.
      size += mask[i] ? 1 : 0;
    }
    return new Selection(rows, size);
  }

  public int row(int index) {
    return rows[index];
  }

  public boolean isEmpty() {
    return size == 0;
  }
}
