/**
 * What moves, over HTTP: server-sent events, lines of JSON, and WebSocket. Start at {@link
 * dev.millrace.server.http.live.LiveQueryEndpoint}.
 *
 * <p>Turns requests into those of {@code live} and its messages into text; decides nothing about
 * what is sent when.
 */
@NullMarked
package dev.millrace.server.http.live;

import org.jspecify.annotations.NullMarked;
