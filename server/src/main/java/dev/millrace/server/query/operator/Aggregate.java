package dev.millrace.server.query.operator;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;

/**
 * A figure of every cell in the making. Not thread-safe; the aggregates of different shards are
 * merged when they are complete.
 */
public interface Aggregate {
  /** Makes room for cells 0 to {@code cells} - 1, new ones over nothing. */
  void reserve(int cells);

  /**
   * Adds rows.
   *
   * @param cells the cell of each selected row, within what was reserved
   * @param vector the values of the measure's field, or all missing if it has none
   */
  void update(RowCells cells, Selection selection, ValueVector vector, EventBlock block);

  /** Adds what another aggregate of the same measure has for a cell. */
  void merge(int into, Aggregate other, int from);

  /**
   * What a cell comes to.
   *
   * @param seconds the time the cell spans, for rates
   */
  Figure figure(int cell, double seconds);
}
