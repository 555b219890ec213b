/**
 * The engine of one shard: a deterministic machine that turns mutations into durable state, a
 * function of the order in which it gets them and of nothing else.
 *
 * <p>Start at {@code ShardEngine}. Knows tables of bytes ({@code storage.table}), not where they
 * are; knows nothing of threads and queues, which are the node's.
 */
@NullMarked
package dev.millrace.server.storage.shard;

import org.jspecify.annotations.NullMarked;
