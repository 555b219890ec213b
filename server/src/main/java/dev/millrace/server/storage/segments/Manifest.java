package dev.millrace.server.storage.segments;

import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads which segments there are in a state of the tables. */
final class Manifest {
  private Manifest() {}

  static SealedState state(TableReader tables, int project) {
    ByteBuffer value = tables.get(Table.SEALED, SegmentKeys.project(project));
    return value == null ? SealedState.FRESH : SealedState.decode(value);
  }

  static Map<Integer, SealedState> states(TableReader tables) {
    Map<Integer, SealedState> states = new HashMap<>();
    tables.scan(
        Table.SEALED,
        SegmentKeys.project(0),
        (key, value) -> {
          states.put(key.getInt(0), SealedState.decode(value));
          return true;
        });
    return states;
  }

  /** Segments of a project that may hold events of a range, in the order of sequences. */
  static List<SegmentEntry> find(
      TableReader tables, int project, ScanRange range, long retainedFrom) {
    List<SegmentEntry> found = new ArrayList<>();
    SegmentEntry first = floor(tables, project, Math.max(0, range.fromSequence()));
    tables.scan(
        Table.SEGMENTS,
        SegmentKeys.entry(project, first == null ? 0 : first.fromSequence()),
        (key, value) -> {
          if (key.getInt(0) != project || key.getLong(4) >= range.toSequence()) {
            return false;
          }
          SegmentEntry entry = SegmentEntry.decode(key, value);
          if (entry.overlaps(range) && entry.maxTime() >= retainedFrom) {
            found.add(entry);
          }
          return true;
        });
    return found;
  }

  /** The segment that a sequence was sealed into, or null if there is none. */
  static @Nullable SegmentEntry at(TableReader tables, int project, long sequence) {
    SegmentEntry entry = floor(tables, project, sequence);
    return entry != null && sequence < entry.toSequence() ? entry : null;
  }

  private static @Nullable SegmentEntry floor(TableReader tables, int project, long sequence) {
    @Nullable SegmentEntry[] found = new SegmentEntry[1];
    tables.scanBackward(
        Table.SEGMENTS,
        SegmentKeys.entry(project, sequence),
        (key, value) -> {
          if (key.getInt(0) == project) {
            found[0] = SegmentEntry.decode(key, value);
          }
          return false;
        });
    return found[0];
  }

  /** Visits the segments of all projects. */
  static void forEach(TableReader tables, Consumer<SegmentEntry> visitor) {
    tables.scan(
        Table.SEGMENTS,
        SegmentKeys.entry(0, 0),
        (key, value) -> {
          visitor.accept(SegmentEntry.decode(key, value));
          return true;
        });
  }
}
