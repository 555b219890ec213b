/**
 * Tables that live in memory and are gone with the process: for tests and for trying things out.
 *
 * <p>Start at {@code MemoryStorage}.
 */
@NullMarked
package dev.millrace.server.storage.memory;

import org.jspecify.annotations.NullMarked;
