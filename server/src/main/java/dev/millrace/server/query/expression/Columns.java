package dev.millrace.server.query.expression;

import dev.millrace.server.log.ValueVector;

/**
 * What expressions are evaluated on: values of fields for a number of rows. Confined to one thread.
 */
public interface Columns {
  int rows();

  /** The values of a field; of {@link Field#TIME} as numbers of microseconds since 1970. */
  ValueVector vector(Field field);

  /** Event times in microseconds since 1970, not to be changed. */
  long[] times();

  /** The values that an enclosing {@code exists} or {@code all} runs over. */
  ValueVector elements();
}
