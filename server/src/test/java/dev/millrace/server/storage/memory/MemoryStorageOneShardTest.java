package dev.millrace.server.storage.memory;

import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.kit.StorageContract;
import dev.millrace.server.storage.node.StorageConfig;

final class MemoryStorageOneShardTest extends StorageContract {
  @Override
  protected Storage create(StorageConfig config) {
    return MemoryStorage.create(config);
  }

  @Override
  protected int shards() {
    return 1;
  }
}
