package dev.millrace.server.storage.shard;

import dev.millrace.server.event.EventBatch;
import java.util.List;

/** The part of a mutation that concerns one shard. */
public sealed interface ShardMutation {
  /** The project concerned. */
  String project();

  /**
   * Events of a batch.
   *
   * @param batch stamped and hashed
   * @param rows the live rows that belong to the shard, the first {@code count}, ascending
   * @param rejections whether the shard keeps the batch's rejections
   */
  record Append(String project, EventBatch batch, int[] rows, int count, boolean rejections)
      implements ShardMutation {}

  /** Rejected events to let go of. */
  record DropRejections(String project, List<String> ids) implements ShardMutation {}

  /** Events to let go of: see {@link dev.millrace.server.storage.Mutation.DropEvents}. */
  record DropEvents(String project, long beforeMicros) implements ShardMutation {}
}
