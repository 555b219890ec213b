package dev.millrace.server.storage.lmdb;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.node.EmbeddedStorage;
import dev.millrace.server.storage.node.StorageConfig;
import dev.millrace.server.storage.segments.SegmentCache;
import dev.millrace.server.storage.segments.SegmentStore;
import dev.millrace.server.storage.shard.ProjectView;
import dev.millrace.server.storage.shard.ShardEngine;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The store that keeps its data in a directory. */
public final class LmdbStorage {
  private LmdbStorage() {}

  /**
   * Opens a data directory, made if it isn't there, and recovers what it holds.
   *
   * @throws StorageException.InUse if it is open already
   * @throws StorageException.Corrupt if it can't be read back
   * @throws StorageException.TooNew if a later Millrace wrote it
   * @throws StorageException.TooOld if it is of a version that isn't read any more
   * @throws StorageException.Full if there is no room to set it up
   * @throws StorageException.Unavailable if it can't be opened for another reason, such as
   *     permissions or a number of shards other than the one it was made with
   */
  public static Storage open(Path directory, StorageConfig config) {
    DataDirectory data =
        DataDirectory.open(directory, config.shards(), StorageConfig.defaultShards());
    SegmentCache cache = new SegmentCache(config.cacheBytes());
    List<ShardEngine> engines = new ArrayList<>();
    try {
      for (int shard = 0; shard < data.shards(); shard++) {
        engines.add(engine(data, shard, config, cache));
      }
      return new EmbeddedStorage(engines, config, InstantSource.system(), data::close);
    } catch (RuntimeException e) {
      engines.forEach(ShardEngine::close);
      data.close();
      throw e;
    }
  }

  /**
   * Reads everything that a directory holds, which nobody may have open.
   *
   * @param damage told one line for each thing that can't be read or doesn't fit
   * @return events read
   * @throws StorageException as {@link #open} does
   */
  public static long verify(Path directory, Consumer<String> damage) {
    if (!Files.exists(directory.resolve("format"))) {
      throw new StorageException.Unavailable(directory + " isn't a data directory", null);
    }
    StorageConfig config = StorageConfig.DEFAULT;
    long events = 0;
    try (DataDirectory data = DataDirectory.open(directory, 0, 1)) {
      for (int shard = 0; shard < data.shards(); shard++) {
        String where = "shard " + shard;
        try (ShardEngine engine = engine(data, shard, config, new SegmentCache(1 << 20))) {
          for (String project : new TreeSet<>(engine.projects())) {
            try (ProjectView view = engine.snapshot(project)) {
              String what = "%s, project %s: ".formatted(where, project);
              events += view.verify(line -> damage.accept(what + line));
            }
          }
        } catch (StorageException.Corrupt e) {
          damage.accept(where + ": " + e.getMessage());
        }
      }
    }
    return events;
  }

  /** Makes a data directory of one that holds what {@link Storage#copyTo} wrote. */
  public static void adopt(Path directory, int shards) throws IOException {
    DataDirectory.writeFormat(directory, shards);
  }

  private static ShardEngine engine(
      DataDirectory data, int shard, StorageConfig config, SegmentCache cache) {
    Deque<Tables> opened = new ArrayDeque<>();
    try {
      Tables log =
          LmdbTables.open(data.log(shard), Table.OF_LOG, config.mapBytes(), config.closePatience());
      opened.push(log);
      Tables sealed =
          LmdbTables.open(
              data.segments(shard), Table.OF_SEGMENTS, config.mapBytes(), config.closePatience());
      opened.push(sealed);
      SegmentStore segments = new SegmentStore(sealed, cache);
      return new ShardEngine(log, segments, shard, data.shards(), config.limits());
    } catch (RuntimeException e) {
      opened.forEach(Tables::close);
      throw e;
    }
  }
}
