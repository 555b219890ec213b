package dev.millrace.server.storage.kit;

import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Mutation;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.StorageStats;
import dev.millrace.server.storage.StoredRejection;
import dev.millrace.server.storage.node.EmbeddedStorage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A store that seals everything before it lets itself be read. */
final class SealedStorage implements Storage {
  private final EmbeddedStorage storage;

  SealedStorage(EmbeddedStorage storage) {
    this.storage = storage;
  }

  @Override
  public CompletableFuture<Receipt> apply(Mutation mutation) {
    return storage.apply(mutation);
  }

  @Override
  public Snapshot snapshot(String project) {
    storage.seal();
    return storage.snapshot(project);
  }

  @Override
  public Position position(String project) {
    return storage.position(project);
  }

  @Override
  public Registration onCommit(String project, Runnable listener) {
    return storage.onCommit(project, listener);
  }

  @Override
  public List<StoredRejection> rejections(String project, @Nullable String afterId, int limit) {
    return storage.rejections(project, afterId, limit);
  }

  @Override
  public List<StoredRejection> rejections(String project, List<String> ids) {
    return storage.rejections(project, ids);
  }

  @Override
  public void copyTo(Path directory) {
    storage.copyTo(directory);
  }

  @Override
  public StorageStats stats() {
    return storage.stats();
  }

  @Override
  public void close() {
    storage.close();
  }
}
