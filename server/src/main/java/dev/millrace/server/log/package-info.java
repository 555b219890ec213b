/**
 * Events in order: blocks of events as they are stored ({@code format.v1}), how they are read
 * ({@link dev.millrace.server.log.EventBlock}), and the positions that name states of the log.
 *
 * <p>Owns bytes and formats. Knows nothing of where blocks are kept.
 */
@NullMarked
package dev.millrace.server.log;

import org.jspecify.annotations.NullMarked;
