/**
 * The Java client. Start at {@link dev.millrace.client.Millrace}: it holds the connection, makes
 * {@link dev.millrace.client.Producer producers} and gives the generated stubs for everything else.
 *
 * <p>A producer is three parts: {@code Backlog} keeps what isn't acknowledged, within a bound;
 * {@code PublishLoop} is the one thread that sends, retries and reports; {@code PublishCall} is one
 * attempt at a stream. Knows the contract, not the server. No type here keeps static state.
 */
@NullMarked
package dev.millrace.client;

import org.jspecify.annotations.NullMarked;
