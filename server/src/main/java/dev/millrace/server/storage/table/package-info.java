/**
 * Ordered tables of byte keys and values with one writer and snapshot readers: what a shard needs
 * of the place where its bytes are kept.
 *
 * <p>Start at {@code Tables}. Knows nothing of events; {@code storage.memory} and {@code
 * storage.lmdb} implement it.
 */
@NullMarked
package dev.millrace.server.storage.table;

import org.jspecify.annotations.NullMarked;
