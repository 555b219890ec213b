package dev.millrace.server.query;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventHashes;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.storage.Mutation.AppendEvents;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.memory.MemoryStorage;
import dev.millrace.server.storage.node.EmbeddedStorage;
import dev.millrace.server.storage.node.StorageConfig;
import dev.millrace.server.storage.segments.SealingLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Real stores, kept in memory, that hold the events of a test store. */
final class MemoryStores {
  private static final String PROJECT = "default";
  private static final SealingLimits BY_HAND =
      new SealingLimits(1 << 22, Duration.ofDays(36_500), 2, 1 << 22);

  private MemoryStores() {}

  /**
   * Appends events in some batches, sealing some of them, and tells each where it ended up.
   *
   * @param shards the shards of the store
   */
  static EmbeddedStorage of(List<TestEvent> events, int shards, Random random) {
    StorageConfig config = StorageConfig.DEFAULT.withShards(shards).withSealing(BY_HAND);
    EmbeddedStorage storage = (EmbeddedStorage) MemoryStorage.create(config);
    int from = 0;
    while (from < events.size()) {
      int to = Math.min(events.size(), from + 1 + random.nextInt(60));
      EventBatch batch = TestEvent.batch(events.subList(from, to));
      EventHashes.fill(batch);
      storage.apply(new AppendEvents(PROJECT, batch)).join();
      if (random.nextInt(3) > 0) {
        storage.seal();
      }
      from = to;
    }
    locate(storage, events);
    return storage;
  }

  private static void locate(EmbeddedStorage storage, List<TestEvent> events) {
    Map<String, TestEvent> byId = new HashMap<>();
    events.forEach(event -> byId.put(event.texts.getOrDefault("event_id", ""), event));
    try (Snapshot snapshot = storage.snapshot(PROJECT)) {
      snapshot.run(view -> locate(view, byId), Integer::sum);
    }
  }

  private static int locate(ShardView view, Map<String, TestEvent> byId) {
    int[] found = new int[1];
    view.scan(
        ShardView.ScanRange.ALL,
        block -> {
          found[0] += locate(view.shard(), block, byId);
          return true;
        });
    return found[0];
  }

  private static int locate(int shard, EventBlock block, Map<String, TestEvent> byId) {
    var ids = block.column(Column.Core.EVENT_ID);
    for (int row = 0; row < block.rows(); row++) {
      TestEvent event = byId.get(ids.dictionary().text(ids.code(row)));
      if (event != null) {
        event.shard = shard;
        event.sequence = block.sequences()[row];
      }
    }
    return block.rows();
  }
}
