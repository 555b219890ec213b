package dev.millrace.server.storage.memory;

import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.node.EmbeddedStorage;
import dev.millrace.server.storage.node.StorageConfig;
import dev.millrace.server.storage.segments.SegmentCache;
import dev.millrace.server.storage.segments.SegmentStore;
import dev.millrace.server.storage.shard.ShardEngine;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A store that forgets everything when it is closed. */
public final class MemoryStorage {
  private MemoryStorage() {}

  /** Makes an empty store. */
  public static Storage create(StorageConfig config) {
    int shards = config.shards() == 0 ? StorageConfig.defaultShards() : config.shards();
    SegmentCache cache = new SegmentCache(config.cacheBytes());
    List<ShardEngine> engines = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      engines.add(
          new ShardEngine(
              new MemoryTables(config.closePatience()),
              new SegmentStore(new MemoryTables(config.closePatience()), cache),
              shard,
              shards,
              config.limits()));
    }
    return new EmbeddedStorage(engines, config, InstantSource.system(), () -> {});
  }
}
