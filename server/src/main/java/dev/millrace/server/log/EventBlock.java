package dev.millrace.server.log;

import dev.millrace.server.event.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stored events, read column by column. A block of the log today; a piece of a sealed segment is
 * read through the same interface.
 *
 * <p>Columns are decoded when first asked for, so a question pays only for those it names. Belongs
 * to the snapshot it came from: neither it nor its vectors may be used after the visitor returns,
 * except for strings taken out of them. Confined to one thread.
 */
public interface EventBlock {
  int rows();

  /** The earliest event time in the block, microseconds since 1970. */
  long minTime();

  /** The latest event time in the block, inclusive. */
  long maxTime();

  /** The smallest sequence in the block. */
  long minSequence();

  /** The largest sequence in the block, inclusive. */
  long maxSequence();

  /** Event times in microseconds since 1970; {@code rows()} long, not to be changed. */
  long[] times();

  /** Sequence numbers; {@code rows()} long, not to be changed. */
  long[] sequences();

  /** Times of receipt in microseconds since 1970; {@code rows()} long, not to be changed. */
  long[] receivedTimes();

  /** The values of a column; all missing if no event of the block has it. */
  ValueVector column(Column column);

  /**
   * What is known of a column without decoding it: enough to pass over a block that can't hold what
   * is asked for.
   */
  default ColumnSummary summary(Column column) {
    return has(column) ? ColumnSummary.UNKNOWN : ColumnSummary.MISSING;
  }

  /**
   * The texts and lists of a column, if they are to be had without decoding its rows; else null.
   * The same instance as that of the column's vector.
   */
  default @Nullable Dictionary dictionary(Column column) {
    return null;
  }

  /** Whether any event of the block has the column. */
  boolean has(Column column);

  /** The paths of the properties that events of the block have, ascending. */
  List<String> propertyPaths();
}
