package dev.millrace.server.query.plan;

import dev.millrace.server.query.expression.BlockColumns;
import dev.millrace.server.query.expression.Field;
import java.util.Set;
import java.util.TreeSet;

/** What a scan did: counted by each of its threads, then put together. Not thread-safe. */
final class ScanStats {
  private final Set<String> fields = new TreeSet<>();
  private int partials = 1;
  private long blocks;
  private long refusedBySummary;
  private long refusedByDictionary;
  private long rows;
  private long matched;

  void refusedBySummary() {
    blocks++;
    refusedBySummary++;
  }

  void refusedByDictionary() {
    blocks++;
    refusedByDictionary++;
  }

  /** Counts a block whose rows were looked at, once nothing more is decoded of it. */
  void read(BlockColumns columns, int matchedRows) {
    blocks++;
    rows += columns.rows();
    matched += matchedRows;
    for (Field field : columns.used()) {
      fields.add(field.fieldName());
    }
  }

  void merge(ScanStats other) {
    fields.addAll(other.fields);
    partials += other.partials;
    blocks += other.blocks;
    refusedBySummary += other.refusedBySummary;
    refusedByDictionary += other.refusedByDictionary;
    rows += other.rows;
    matched += other.matched;
  }

  /** For people to read. */
  @Override
  public String toString() {
    return """
        scanned: %,d blocks with times in the range
          passed over by summary %,d, by dictionary %,d
          looked at %,d rows, matched %,d
          fields decoded: %s
          partial answers merged: %,d"""
        .formatted(
            blocks,
            refusedBySummary,
            refusedByDictionary,
            rows,
            matched,
            fields.isEmpty() ? "none" : String.join(", ", fields),
            partials);
  }
}
