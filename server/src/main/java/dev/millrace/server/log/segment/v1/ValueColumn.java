package dev.millrace.server.log.segment.v1;

import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.format.v1.Input;

/**
 * Where the dictionary and the pieces of a column are, and what is known of them.
 *
 * @param summary over all pieces
 * @param summaries by piece
 * @param regions by piece; empty if no row of it has the column
 * @param checked which pieces have been found right; set without locks, since checking once more
 *     does no harm
 */
record ValueColumn(
    SharedValues dictionary,
    ColumnSummary summary,
    ColumnSummary[] summaries,
    Region[] regions,
    boolean[] checked) {

  static ValueColumn read(Input in, int pieces, String name) {
    int texts = in.getInt();
    int lists = in.getInt();
    SharedValues dictionary = new SharedValues(texts, lists, Region.read(in), name);
    ColumnSummary[] summaries = new ColumnSummary[pieces];
    Region[] regions = new Region[pieces];
    long offset = in.getLong();
    for (int i = 0; i < pieces; i++) {
      summaries[i] = PieceSummary.read(in);
      regions[i] = new Region(offset, in.getInt(), in.getInt());
      offset += regions[i].length();
    }
    in.end();
    ColumnSummary all = summaries[0];
    for (ColumnSummary summary : summaries) {
      all = PieceSummary.merge(all, summary);
    }
    return new ValueColumn(dictionary, all, summaries, regions, new boolean[pieces]);
  }
}
