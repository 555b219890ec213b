package dev.millrace.server.query.expression;

import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.ValueVector;
import org.jspecify.annotations.Nullable;

/**
 * What expressions are evaluated on: values of fields for a number of rows. Confined to one thread.
 */
public interface Columns {
  int rows();

  /** The values of a field; of {@link Field#TIME} as numbers of microseconds since 1970. */
  ValueVector vector(Field field);

  /** What is known of a field without its values. */
  ColumnSummary summary(Field field);

  /** The texts and lists of a field, if they are to be had without its values; else null. */
  @Nullable Dictionary dictionary(Field field);

  /** Event times in microseconds since 1970, not to be changed. */
  long[] times();

  /** No time is earlier. */
  long minTime();

  /** No time is later. */
  long maxTime();

  /** The values that an enclosing {@code exists} or {@code all} runs over. */
  ValueVector elements();

  /** What is remembered from one set of rows to the next. */
  ScanMemory memory();
}
