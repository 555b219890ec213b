package dev.millrace.server.log.segment.v1;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;
import dev.millrace.server.log.segment.v1.encoding.LongCodec;
import dev.millrace.server.log.segment.v1.encoding.MergeSort;
import dev.millrace.server.log.segment.v1.encoding.Scratch;
import java.util.Arrays;
import java.util.List;

/**
 * Times of receipt by sequence. A batch is received as a whole and gets sequences that follow one
 * another, so there is one run for each batch, whatever the order of event times.
 *
 * @param starts the sequence at which each run begins, ascending
 * @param received the time of receipt of each run, in microseconds since 1970
 */
record ReceivedTimes(long[] starts, long[] received) {

  static ReceivedTimes of(List<? extends EventBlock> blocks, int rows) {
    long[] sequences = new long[rows];
    long[] times = new long[rows];
    int[] order = new int[rows];
    int next = 0;
    for (EventBlock block : blocks) {
      System.arraycopy(block.sequences(), 0, sequences, next, block.rows());
      System.arraycopy(block.receivedTimes(), 0, times, next, block.rows());
      next += block.rows();
    }
    for (int i = 0; i < rows; i++) {
      order[i] = i;
    }
    MergeSort.sort(order, (a, b) -> Long.compare(sequences[a], sequences[b]));
    long[] starts = new long[rows];
    long[] received = new long[rows];
    int runs = 0;
    for (int i = 0; i < rows; i++) {
      if (i > 0 && sequences[order[i]] == sequences[order[i - 1]]) {
        throw new IllegalArgumentException("sequence %d twice".formatted(sequences[order[i]]));
      }
      if (i == 0 || times[order[i]] != received[runs - 1]) {
        starts[runs] = sequences[order[i]];
        received[runs++] = times[order[i]];
      }
    }
    return new ReceivedTimes(Arrays.copyOf(starts, runs), Arrays.copyOf(received, runs));
  }

  void write(Output out) {
    out.putInt(starts.length);
    LongCodec.write(out, starts, starts.length);
    LongCodec.write(out, received, received.length);
  }

  static ReceivedTimes read(Input in, int rows) {
    int runs = in.getInt();
    if (runs < 1 || runs > rows) {
      throw new IllegalArgumentException("%d runs for %d rows".formatted(runs, rows));
    }
    Scratch scratch = new Scratch();
    long[] starts = LongCodec.read(in, runs, scratch);
    return new ReceivedTimes(starts, LongCodec.read(in, runs, scratch));
  }

  long min() {
    return Arrays.stream(received).min().orElseThrow();
  }

  long max() {
    return Arrays.stream(received).max().orElseThrow();
  }

  /** The time of receipt of each row. */
  long[] of(long[] sequences) {
    long[] times = new long[sequences.length];
    int run = 0;
    for (int i = 0; i < times.length; i++) {
      long sequence = sequences[i];
      if (sequence < starts[run] || (run + 1 < starts.length && sequence >= starts[run + 1])) {
        int found = Arrays.binarySearch(starts, sequence);
        run = found >= 0 ? found : -found - 2;
        if (run < 0) {
          throw new IllegalArgumentException("sequence %d is before all".formatted(sequence));
        }
      }
      times[i] = received[run];
    }
    return times;
  }
}
