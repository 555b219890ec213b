package dev.millrace.server.storage.dedup;

import dev.millrace.server.storage.table.TableReader;
import java.util.List;

/** Several runs as one. */
final class MergeSource implements IdSource {
  private static final int RUN_BITS = 3;

  /** As many runs as can be merged at once. */
  static final int RUNS_MAX = 1 << RUN_BITS;

  private final RunCursor[] cursors;
  // The next prefix of each run, then the run's index: the least of them comes next. Finding it
  // takes no branch, which would be guessed wrong half of the time.
  private final long[] heads;
  private boolean begun;

  MergeSource(List<RunCursor> cursors) {
    if (cursors.size() > RUNS_MAX) {
      throw new IllegalArgumentException("%d runs at once".formatted(cursors.size()));
    }
    this.cursors = cursors.toArray(RunCursor[]::new);
    this.heads = new long[this.cursors.length];
  }

  @Override
  public int fill(TableReader tables, long[] prefixes, long[] ordinals, int max) {
    if (!begun) {
      for (int i = 0; i < cursors.length; i++) {
        advance(tables, i);
      }
      begun = true;
    }
    for (int count = 0; count < max; count++) {
      long least = Long.MAX_VALUE;
      for (long head : heads) {
        least = Math.min(least, head);
      }
      if (least == Long.MAX_VALUE) {
        return count;
      }
      int index = (int) least & (RUNS_MAX - 1);
      prefixes[count] = least >>> RUN_BITS;
      ordinals[count] = cursors[index].ordinal();
      advance(tables, index);
    }
    return max;
  }

  private void advance(TableReader tables, int index) {
    RunCursor cursor = cursors[index];
    heads[index] = cursor.next(tables) ? cursor.prefix() << RUN_BITS | index : Long.MAX_VALUE;
  }
}
