package dev.millrace.server.log.segment.v1;

import dev.millrace.server.log.format.v1.Input;

/**
 * Where the pieces of a column of times or sequences are, and their bounds.
 *
 * @param regions by piece
 * @param min by piece
 * @param max by piece, inclusive
 * @param checked which pieces have been found right; set without locks, since checking once more
 *     does no harm
 */
record LongColumn(Region[] regions, long[] min, long[] max, boolean[] checked) {
  static LongColumn read(Input in, int pieces) {
    Region[] regions = new Region[pieces];
    long[] min = new long[pieces];
    long[] max = new long[pieces];
    long offset = in.getLong();
    for (int i = 0; i < pieces; i++) {
      min[i] = in.getLong();
      max[i] = in.getLong();
      regions[i] = new Region(offset, in.getInt(), in.getInt());
      offset += regions[i].length();
    }
    in.end();
    return new LongColumn(regions, min, max, new boolean[pieces]);
  }
}
