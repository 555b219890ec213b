/**
 * The demo: replays the Wikipedia edits that come along into a running server and shows what it
 * answers. Start at {@link dev.millrace.server.demo.Demo}.
 *
 * <p>A client like any other: it talks to the server over gRPC and knows nothing of its inside.
 */
@NullMarked
package dev.millrace.server.demo;

import org.jspecify.annotations.NullMarked;
