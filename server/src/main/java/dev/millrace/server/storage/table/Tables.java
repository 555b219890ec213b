package dev.millrace.server.storage.table;

import dev.millrace.server.error.StorageException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The tables of one shard. Thread-safe, but for write transactions, of which there is one at a
 * time.
 */
public interface Tables extends AutoCloseable {
  /** Begins a change. */
  WriteTransaction begin();

  /**
   * Opens the latest committed state.
   *
   * @throws StorageException.Unavailable if the tables are closed
   */
  ReadSnapshot snapshot();

  /** How much is kept. */
  Usage usage();

  /**
   * Copies the latest committed state, compacted, into an empty directory. Readers and writer go
   * on.
   */
  void copyTo(Path directory);

  /**
   * Replaces everything by a copy that {@link #copyTo} made. The writer must be idle.
   *
   * @throws StorageException.Unavailable if snapshots stay open for too long; nothing has changed
   *     then
   */
  void replaceFrom(Path directory);

  /**
   * Waits for open snapshots, then lets go of everything.
   *
   * @throws StorageException.Unavailable if snapshots stay open for too long; the tables stay open
   *     then
   */
  @Override
  void close();

  /**
   * Sizes.
   *
   * @param bytes taken on disk, or in memory
   * @param freeBytes of them, free for reuse
   * @param oldestReader how long the oldest snapshot has been open, zero if none is
   */
  record Usage(long bytes, long freeBytes, Duration oldestReader) {}
}
