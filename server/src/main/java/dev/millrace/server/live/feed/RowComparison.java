package dev.millrace.server.live.feed;

import dev.millrace.v1.Row;
import java.util.Map;

/** Whether two rows say the same. */
final class RowComparison {
  /**
   * Sums are the same to this much, relatively: shards and threads add in some order, and an update
   * that only tells of another order is none.
   */
  private static final double TOLERANCE = 1e-12;

  private RowComparison() {}

  /** What names a row: its time, its dimensions, and whether it is the row of others. */
  static Row key(Row row) {
    Row.Builder key =
        Row.newBuilder().putAllDimensions(row.getDimensionsMap()).setOthers(row.getOthers());
    if (row.hasTime()) {
      key.setTime(row.getTime());
    }
    return key.build();
  }

  /** Whether rows with the same key have the same figures. */
  static boolean same(Row a, Row b) {
    return a.equals(b)
        || (a.getPartial() == b.getPartial()
            && same(a.getValuesMap(), b.getValuesMap())
            && same(a.getPreviousMap(), b.getPreviousMap())
            && a.getTextsMap().equals(b.getTextsMap())
            && a.getBoundsMap().equals(b.getBoundsMap())
            && a.getHistogramsMap().equals(b.getHistogramsMap()));
  }

  private static boolean same(Map<String, Double> a, Map<String, Double> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (Map.Entry<String, Double> entry : a.entrySet()) {
      Double other = b.get(entry.getKey());
      if (other == null || !close(entry.getValue(), other)) {
        return false;
      }
    }
    return true;
  }

  private static boolean close(double a, double b) {
    return Double.compare(a, b) == 0
        || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
  }
}
