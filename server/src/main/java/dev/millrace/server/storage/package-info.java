/**
 * The seam between the product and where its data lives: everything above talks to {@link
 * dev.millrace.server.storage.Storage} in the domain's words, whatever backend runs.
 *
 * <p>Knows the domain ({@code event}, {@code log}). No buffers, cursors or paths of a backend pass
 * through here. {@code storage.shard} is the engine of one shard; {@code storage.memory} and {@code
 * storage.lmdb} place its bytes.
 */
@NullMarked
package dev.millrace.server.storage;

import org.jspecify.annotations.NullMarked;
