package dev.millrace.server.storage.lmdb;

import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.kit.StorageContract;
import dev.millrace.server.storage.node.StorageConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class LmdbStorageOneShardTest extends StorageContract {
  @TempDir private Path directory;
  private int opened;

  @Override
  protected Storage create(StorageConfig config) {
    return LmdbStorage.open(directory.resolve("data-" + opened++), config);
  }

  @Override
  protected int shards() {
    return 1;
  }
}
