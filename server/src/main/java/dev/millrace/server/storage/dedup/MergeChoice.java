package dev.millrace.server.storage.dedup;

import java.util.Comparator;
import java.util.List;

/** Which runs are merged: four of about a size, so that an id is written a few times at most. */
record MergeChoice(int tableIds, long windowMicros) {
  private static final int MERGED_AT_ONCE = 4;
  private static final int RUNS_MAX = 16;

  /** Four of about a size, or the smallest if there are too many; none if it's fine as it is. */
  List<Run> of(List<Run> runs) {
    List<Run> ascending =
        runs.stream().sorted(Comparator.comparingLong(run -> run.manifest().ids())).toList();
    for (int i = 0; i + MERGED_AT_ONCE <= ascending.size(); i++) {
      List<Run> four = ascending.subList(i, i + MERGED_AT_ONCE);
      if (level(four.getFirst()) == level(four.getLast()) && !spansTooLong(four)) {
        return four;
      }
    }
    return ascending.size() > RUNS_MAX ? ascending.subList(0, MERGED_AT_ONCE) : List.of();
  }

  private int level(Run run) {
    int level = 0;
    for (long ids = run.manifest().ids(); ids > 2L * tableIds; ids /= MERGED_AT_ONCE) {
      level++;
    }
    return level;
  }

  // A run is dropped as a whole, so one that spans a long time would be kept long after most of it.
  private boolean spansTooLong(List<Run> merged) {
    long oldest = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;
    for (Run run : merged) {
      oldest = Math.min(oldest, run.manifest().oldestMicros());
      newest = Math.max(newest, run.manifest().newestMicros());
    }
    return newest - oldest > windowMicros / MERGED_AT_ONCE;
  }
}
