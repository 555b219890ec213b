package dev.millrace.server.query.operator;

import org.jspecify.annotations.Nullable;

/**
 * The cell of each selected row: the same for all, or one by row.
 *
 * @param one the cell of all rows, if they have the same
 * @param byRow cells by row number; null if all rows have the same
 */
public record RowCells(int one, int @Nullable [] byRow) {
  /** All rows in one cell. */
  public static RowCells all(int cell) {
    return new RowCells(cell, null);
  }

  /** Cells by row number; those of rows not selected mean nothing. */
  public static RowCells of(int[] byRow) {
    return new RowCells(0, byRow);
  }

  int cell(int row) {
    return byRow == null ? one : byRow[row];
  }
}
