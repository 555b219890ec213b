package dev.millrace.server.log.segment.v1.merge;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.segment.v1.encoding.MergeSort;
import java.util.List;

/**
 * Where each row of some blocks goes in their segment.
 *
 * @param times by row of the segment
 * @param sequences by row of the segment
 * @param targets for each row of the blocks, counted through, its row in the segment
 */
public record RowOrder(long[] times, long[] sequences, int[] targets) {
  /** Puts the rows of some blocks in order. */
  public static RowOrder of(List<? extends EventBlock> blocks) {
    int rows = 0;
    for (EventBlock block : blocks) {
      rows = Math.addExact(rows, block.rows());
    }
    long[] times = new long[rows];
    long[] sequences = new long[rows];
    int at = 0;
    for (EventBlock block : blocks) {
      System.arraycopy(block.times(), 0, times, at, block.rows());
      System.arraycopy(block.sequences(), 0, sequences, at, block.rows());
      at += block.rows();
    }
    int[] sources = new int[rows];
    for (int i = 0; i < rows; i++) {
      sources[i] = i;
    }
    MergeSort.sort(
        sources,
        (a, b) -> {
          int byTime = Long.compare(times[a], times[b]);
          return byTime != 0 ? byTime : Long.compare(sequences[a], sequences[b]);
        });
    int[] targets = new int[rows];
    for (int i = 0; i < rows; i++) {
      targets[sources[i]] = i;
    }
    return new RowOrder(chosen(times, sources), chosen(sequences, sources), targets);
  }

  private static long[] chosen(long[] values, int[] sources) {
    long[] chosen = new long[values.length];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = values[sources[i]];
    }
    return chosen;
  }

  /** The number of rows. */
  public int rows() {
    return times.length;
  }
}
