package dev.millrace.server.app;

import dev.millrace.server.live.EventReading;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.query.EventMapper;
import dev.millrace.server.query.expression.EventFilter;
import java.util.Arrays;

/** What streams of events need of the query language, by the query package. */
final class QueryReading implements EventReading {
  @Override
  public Condition compile(String where) {
    EventFilter filter = EventFilter.ofCel(where, "where");
    return block -> rows(filter.test(block));
  }

  private static int[] rows(boolean[] mask) {
    int[] rows = new int[mask.length];
    int count = 0;
    for (int row = 0; row < mask.length; row++) {
      if (mask[row]) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  @Override
  public Rows rows(EventBlock block) {
    return new EventMapper(block)::event;
  }
}
