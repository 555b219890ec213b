package dev.millrace.server.storage;

import dev.millrace.server.log.Position;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * One project as of one state, read-only. Used by one thread at a time, and closed by whoever
 * opened it.
 */
public interface Snapshot extends AutoCloseable {
  /** The state. */
  Position position();

  /**
   * Asks every shard and merges their answers in the order of the shards.
   *
   * @param partial answers for one shard; may run on several threads at once, one for each shard
   */
  <R> R run(Function<ShardView, R> partial, BinaryOperator<R> merge);

  @Override
  void close();
}
