/**
 * Which events a shard has taken before: prefixes of hashed ids, in memory first, then in sorted
 * runs behind off-heap filters.
 *
 * <p>Start at {@code RememberedIds}. Answers with candidates; whether one is the same event, the
 * engine finds out by looking at it.
 */
@NullMarked
package dev.millrace.server.storage.dedup;

import org.jspecify.annotations.NullMarked;
