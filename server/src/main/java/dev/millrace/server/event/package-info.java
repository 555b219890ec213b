/**
 * Events in memory: a batch as columns ({@link dev.millrace.server.event.EventBatch}), what a value
 * can be, how bytes become a batch, and which events a batch may hold.
 *
 * <p>Start at {@code EventBatch}. Knows nothing of storage, transports or generated protobuf
 * classes.
 */
@NullMarked
package dev.millrace.server.event;

import org.jspecify.annotations.NullMarked;
