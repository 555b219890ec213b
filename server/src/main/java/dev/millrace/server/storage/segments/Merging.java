package dev.millrace.server.storage.segments;

import java.util.List;

/**
 * Which segments to merge: neighbours of about a size, so many at a time that an event is rewritten
 * once for each step in size.
 */
public final class Merging {
  private final int together;
  private final long rowsMax;

  /**
   * @param together how many are merged at a time, at least 2
   * @param rowsMax rows of the largest segment that merging makes
   */
  public Merging(int together, long rowsMax) {
    this.together = together;
    this.rowsMax = rowsMax;
  }

  /**
   * The next ones to merge, the smallest first; none if it is fine as it is.
   *
   * @param segments of one project, in the order of sequences
   */
  public List<SegmentEntry> next(List<SegmentEntry> segments) {
    int deepest = segments.stream().mapToInt(this::level).max().orElse(0);
    for (int level = deepest; level > 0; level--) {
      int run = 0;
      for (int i = 0; i < segments.size(); i++) {
        run = level(segments.get(i)) >= level ? run + 1 : 0;
        if (run == together) {
          return segments.subList(i + 1 - together, i + 1);
        }
      }
    }
    return List.of();
  }

  // How many times it may be merged before it's too large for that.
  private int level(SegmentEntry entry) {
    int level = 0;
    long rows = rowsMax / together;
    long bytes = SealingLimits.SEGMENT_BYTES_MAX / together;
    while (entry.rows() <= rows && entry.bytes() <= bytes) {
      level++;
      rows /= together;
      bytes /= together;
    }
    return level;
  }
}
