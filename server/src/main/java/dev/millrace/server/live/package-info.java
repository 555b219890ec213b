/**
 * What moves: streams of events as they are accepted. Start at {@link
 * dev.millrace.server.live.Tails}.
 *
 * <p>A stream reads the log from where it stands, whenever there is something new and its reader is
 * ready; so a slow reader falls behind by itself, and nothing is queued for it. Knows no transport
 * but the gRPC service class.
 */
@NullMarked
package dev.millrace.server.live;

import org.jspecify.annotations.NullMarked;
