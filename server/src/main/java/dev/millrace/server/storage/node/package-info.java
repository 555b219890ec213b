/**
 * The store of one machine: its shards, each with a queue and a writer of its own, behind {@link
 * dev.millrace.server.storage.Storage}.
 *
 * <p>Start at {@code EmbeddedStorage}. Owns threads and queues; what a mutation does is {@code
 * storage.shard}'s business, and where bytes lie that of the backends.
 */
@NullMarked
package dev.millrace.server.storage.node;

import org.jspecify.annotations.NullMarked;
