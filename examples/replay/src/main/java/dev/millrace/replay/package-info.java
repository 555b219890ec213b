/**
 * Sends recorded events to a server: a {@link dev.millrace.replay.Dataset} gives the events of a
 * file in one of the known {@link dev.millrace.replay.Format formats}, a {@link
 * dev.millrace.replay.Timeline} says which time each gets and when it is due, and {@link
 * dev.millrace.replay.Replay} sends them.
 *
 * <p>Events get ids made of their file and row, so that sending them again adds nothing. Knows the
 * client, not the server; the server's {@code demo} command uses it.
 */
@NullMarked
package dev.millrace.replay;

import org.jspecify.annotations.NullMarked;
