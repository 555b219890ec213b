package dev.millrace.server.log.segment.v1.encoding;

import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;

/**
 * Values that stay the same for long.
 *
 * @param starts where each run begins, and after the last one the number of values
 * @param values the value of each run
 */
record Runs(int[] starts, long[] values) {
  /** Below so many values for each run, runs aren't worth trying. */
  private static final int LENGTH_MIN = 8;

  /** The number of runs, or 0 if they're too many to be worth it. */
  static int count(long[] values, int n) {
    int runs = 1;
    for (int i = 1; i < n; i++) {
      runs += values[i] == values[i - 1] ? 0 : 1;
    }
    return n > 0 && (runs == 1 || runs <= n / LENGTH_MIN) ? runs : 0;
  }

  /** Writes values that have so many runs. */
  static void write(Output out, long[] values, int n, int runs) {
    int[] starts = new int[runs];
    long[] of = new long[runs];
    int next = 0;
    for (int i = 0; i < n; i++) {
      if (i == 0 || values[i] != values[i - 1]) {
        starts[next] = i;
        of[next++] = values[i];
      }
    }
    out.putInt(runs);
    PackedLongs.write(out, starts, runs);
    PackedLongs.write(out, of, runs);
  }

  /** Reads the runs of n values. */
  static Runs read(Input in, int n, Scratch scratch) {
    int runs = in.getInt();
    if (runs < 1 || runs > n) {
      throw new IllegalArgumentException("%d runs for %d values".formatted(runs, n));
    }
    int[] starts = PackedLongs.readInts(in, runs, n, runs + 1);
    starts[runs] = n;
    if (starts[0] != 0) {
      throw new IllegalArgumentException("runs from %d on".formatted(starts[0]));
    }
    return new Runs(starts, PackedLongs.read(in, runs, scratch));
  }
}
