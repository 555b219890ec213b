package dev.millrace.server.storage.kit;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.Kind;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.Storage;
import java.util.ArrayList;
import java.util.List;

/** Reads a store back, event by event. */
public final class StoreReader {
  private StoreReader() {}

  /** An event as it was stored. */
  public record Stored(int shard, long sequence, String id, String user, long time) {}

  public static List<Stored> read(Storage storage, String project) {
    try (Snapshot snapshot = storage.snapshot(project)) {
      return read(snapshot, ScanRange.ALL);
    }
  }

  public static List<Stored> read(Snapshot snapshot, ScanRange range) {
    return snapshot.run(view -> read(view, range), StoreReader::join);
  }

  /** The ids of all events. */
  public static List<String> ids(Storage storage, String project) {
    return read(storage, project).stream().map(Stored::id).toList();
  }

  private static List<Stored> read(ShardView view, ScanRange range) {
    List<Stored> events = new ArrayList<>();
    view.scan(
        range,
        block -> {
          add(view.shard(), block, range, events);
          return true;
        });
    return events;
  }

  private static void add(int shard, EventBlock block, ScanRange range, List<Stored> events) {
    ValueVector ids = block.column(Column.Core.EVENT_ID);
    ValueVector users = block.column(Column.Core.USER_ID);
    for (int row = 0; row < block.rows(); row++) {
      long sequence = block.sequences()[row];
      long time = block.times()[row];
      if (sequence >= range.fromSequence()
          && sequence < range.toSequence()
          && time >= range.fromTime()
          && time < range.toTime()) {
        events.add(new Stored(shard, sequence, text(ids, row), text(users, row), time));
      }
    }
  }

  private static String text(ValueVector vector, int row) {
    return vector.kind(row) == Kind.TEXT ? vector.dictionary().text(vector.code(row)) : "";
  }

  private static List<Stored> join(List<Stored> one, List<Stored> other) {
    List<Stored> all = new ArrayList<>(one);
    all.addAll(other);
    return all;
  }
}
