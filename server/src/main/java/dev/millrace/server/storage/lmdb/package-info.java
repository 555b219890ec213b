/**
 * Tables in LMDB, one environment for each shard of a data directory.
 *
 * <p>Start at {@code LmdbStorage}. Only places bytes: what they mean is the shard engine's
 * business.
 */
@NullMarked
package dev.millrace.server.storage.lmdb;

import org.jspecify.annotations.NullMarked;
