package dev.millrace.server.storage.node;

import dev.millrace.server.storage.shard.ShardMutation;

/**
 * A part of a mutation that waits for a shard's writer.
 *
 * @param events rows of it
 * @param bytes about how much it holds in memory
 */
record ShardTask(ShardMutation mutation, Pending pending, int events, long bytes) {
  int[] rows() {
    return mutation instanceof ShardMutation.Append append ? append.rows() : new int[0];
  }
}
