/**
 * Sealed segments of a shard: where their chunks are kept, the manifest that says which of them
 * count, and what reads and rewrites them.
 *
 * <p>Start at {@code SegmentStore}. Knows tables of bytes ({@code storage.table}) and segments
 * ({@code log.segment}); knows nothing of the unsealed log, which is the shard engine's.
 */
@NullMarked
package dev.millrace.server.storage.segments;

import org.jspecify.annotations.NullMarked;
