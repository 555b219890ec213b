package dev.millrace.server.storage.kit;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.shard.ProjectView;
import dev.millrace.server.storage.shard.ShardEngine;
import dev.millrace.server.storage.shard.ShardMutation;
import dev.millrace.server.storage.shard.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Calls on an engine that tests make often. */
public final class EngineDriver {
  private EngineDriver() {}

  public static ShardMutation append(EventBatch batch) {
    int[] rows = IntStream.range(0, batch.size()).filter(batch::live).toArray();
    return new ShardMutation.Append("p", batch, rows, rows.length, true);
  }

  public static Verdict apply(ShardEngine engine, EventBatch batch) {
    return engine.apply(engine.position(), append(batch));
  }

  /** The ids of all events of the project, in order; sequences are checked on the way. */
  public static List<String> ids(ShardEngine engine) {
    List<String> ids = new ArrayList<>();
    try (ProjectView view = engine.snapshot("p")) {
      view.scan(
          ScanRange.ALL,
          block -> {
            var column = block.column(Column.Core.EVENT_ID);
            for (int row = 0; row < block.rows(); row++) {
              ids.add(column.dictionary().text(column.code(row)));
              if (block.sequences()[row] != ids.size()) {
                throw new AssertionError(
                    "sequence " + block.sequences()[row] + " at event " + ids.size());
              }
            }
            return true;
          });
      if (view.events() != ids.size() || view.nextSequence() != ids.size() + 1) {
        throw new AssertionError(view.events() + " events counted, found " + ids.size());
      }
    }
    return ids;
  }
}
