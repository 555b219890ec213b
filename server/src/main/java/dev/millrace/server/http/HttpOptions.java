package dev.millrace.server.http;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the port is served.
 *
 * @param listen the address
 * @param tls null for plain text
 * @param connectionsMax connections open at once; further ones are closed at once
 * @param requestBytesMax bytes of a JSON request, and of one message of a gRPC stream
 * @param requestTimeout the time a unary call may take, if its caller sets none; streams have no
 *     limit
 * @param idleTimeout how long a connection without requests stays open
 * @param drainTimeout how long stopping waits for requests under way
 * @param http2WindowBytes bytes a client may send ahead on one connection and on one stream
 * @param eventLoops threads that serve connections
 * @param blockingThreads threads for what may wait, such as queries
 * @param docs whether the API explorer is served at {@code /docs}
 */
public record HttpOptions(
    InetSocketAddress listen,
    @Nullable Tls tls,
    int connectionsMax,
    int requestBytesMax,
    Duration requestTimeout,
    Duration idleTimeout,
    Duration drainTimeout,
    int http2WindowBytes,
    int eventLoops,
    int blockingThreads,
    boolean docs) {

  /** Files in PEM form. */
  public record Tls(Path certificate, Path key) {}
}
