/**
 * One port for everything: gRPC, gRPC-Web, JSON, server-sent events, documentation, health and
 * metrics, put together from Armeria's parts. Start at {@link dev.millrace.server.http.HttpServer}.
 *
 * <p>Here, and nowhere else, errors become what callers get ({@link
 * dev.millrace.server.http.ErrorMapper}), keys become callers, and limits on connections and
 * requests are set. Knows the features' service definitions, not what they do.
 */
@NullMarked
package dev.millrace.server.http;

import org.jspecify.annotations.NullMarked;
