/**
 * Sharing the reading of many blocks between threads. Start at {@code ParallelFold}.
 *
 * <p>Knows blocks, not where they come from, and no threads of its own.
 */
@NullMarked
package dev.millrace.server.storage.scan;

import org.jspecify.annotations.NullMarked;
