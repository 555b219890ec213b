package dev.millrace.server.log.segment;

import dev.millrace.server.event.Column;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.EventBlock;

/**
 * A sealed segment, read through a snapshot and good as long as that. Its rows are sorted by (time,
 * sequence) and read in pieces of equal length, of which the last may be shorter.
 *
 * <p>May be used from several threads at once; a piece is confined to the thread that asked for it.
 * A column whose texts repeat has one dictionary: all pieces, whoever reads them, give the very
 * same instance, which is a {@link dev.millrace.server.log.SortedDictionary} and may be used by
 * several threads. A column of mostly different texts has a dictionary for each piece instead.
 *
 * <p>Parts are checked when they are first read. Whatever reads a part that isn't what was written
 * throws {@link dev.millrace.server.error.StorageException.Corrupt}, which names segment and
 * column.
 */
public interface Segment {
  /** What {@link #locate} says of a sequence that the segment doesn't hold. */
  int NOT_FOUND = -1;

  SegmentSummary summary();

  /** The number of pieces. */
  int pieces();

  /** Rows of every piece but the last, at most 65,536. */
  int pieceRows();

  /**
   * A fresh view of a piece, which decodes columns as they are asked for.
   *
   * @param number counted from 0
   */
  EventBlock piece(int number);

  /** What is known of a column over the whole segment without decoding it. */
  ColumnSummary summary(Column column);

  /**
   * Whether any row may have this text in a column: false only if none has. Cheap for columns whose
   * texts repeat; of others nothing is known.
   */
  boolean mayHold(Column column, String text);

  /**
   * Looks rows up by sequence. Reads the sequences of those pieces only that may hold one, which
   * are few where times and sequences ascend together.
   *
   * @param sequences ascending
   * @return for each sequence its row, counted through all pieces (piece {@code row / pieceRows()},
   *     there at {@code row % pieceRows()}), or {@link #NOT_FOUND}
   */
  int[] locate(long... sequences);

  /**
   * The same segment as another snapshot sees it. What has been checked and decoded for the whole
   * segment, dictionaries above all, is shared between the two, so a segment kept over many
   * snapshots spares doing it again.
   */
  Segment over(ChunkSource source);

  /** Bytes of memory held by what is shared between snapshots; grows as columns are used. */
  long retainedBytes();
}
