package dev.millrace.server.http.live;

import com.google.common.base.Ascii;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.websocket.WebSocket;
import com.linecorp.armeria.common.websocket.WebSocketCloseStatus;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import com.linecorp.armeria.server.websocket.WebSocketService;
import dev.millrace.server.access.Caller;
import dev.millrace.server.access.CurrentCaller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.Subscriptions;
import dev.millrace.server.live.Tails;
import dev.millrace.server.live.feed.Announcements;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** {@code /ws}: everything that moves, any number of subscriptions on one connection. */
public final class WebSocketEndpoint implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 64 * 1024;

  private final SocketConnection.Live live;
  private final CurrentCaller caller;
  private final List<String> allowedOrigins;
  private final Set<SocketConnection> connections = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("websocket-timer").daemon().factory());
  private volatile boolean draining;

  /**
   * @param allowedOrigins origins whose pages may connect, beside the server's own; {@code *} is
   *     any
   * @param pingInterval after which a client is asked for a sign of life; one that gives none for
   *     twice as long is let go
   */
  public WebSocketEndpoint(
      Subscriptions subscriptions,
      Tails tails,
      Announcements announcements,
      CurrentCaller caller,
      List<String> allowedOrigins,
      Duration pingInterval) {
    this.live = new SocketConnection.Live(subscriptions, tails, announcements);
    this.caller = caller;
    this.allowedOrigins = List.copyOf(allowedOrigins);
    long nanos = pingInterval.toNanos();
    var _ =
        timer.scheduleWithFixedDelay(
            () -> connections.forEach(one -> one.ping(2 * nanos)),
            nanos,
            nanos,
            TimeUnit.NANOSECONDS);
  }

  /** Serves GET (HTTP/1.1) and CONNECT (HTTP/2). */
  public HttpService service() {
    WebSocketService sockets =
        WebSocketService.builder(this::handle)
            .maxFramePayloadLength(MESSAGE_BYTES_MAX)
            // Checked here: programs other than browsers name no origin.
            .allowedOrigins("*")
            .build();
    return new Checked(sockets, this::check);
  }

  /** Looks at a request before it becomes a WebSocket. */
  @FunctionalInterface
  private interface Check {
    void accept(ServiceRequestContext context, HttpRequest request);
  }

  private static final class Checked extends SimpleDecoratingHttpService {
    private final Check check;

    Checked(HttpService delegate, Check check) {
      super(delegate);
      this.check = check;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
      check.accept(context, request);
      return unwrap().serve(context, request);
    }
  }

  private void check(ServiceRequestContext context, HttpRequest request) {
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    if (origin != null && !allowed(Ascii.toLowerCase(origin), context, request)) {
      throw new ApiException.PermissionDenied(
          "pages of %s may not connect (live.allowedOrigins)".formatted(origin));
    }
    String _ = caller.get().project("", Permission.READ);
    if (draining) {
      throw new ApiException.Unavailable("the server is stopping");
    }
  }

  private boolean allowed(String origin, ServiceRequestContext context, HttpRequest request) {
    String own =
        (context.sessionProtocol().isTls() ? "https://" : "http://")
            + Ascii.toLowerCase(String.valueOf(request.authority()));
    return origin.equals(own)
        || allowedOrigins.stream()
            .anyMatch(one -> one.equals("*") || Ascii.toLowerCase(one).equals(origin));
  }

  private WebSocket handle(ServiceRequestContext context, WebSocket incoming) {
    Caller who = caller.get();
    WebSocketWriter outgoing = WebSocket.streaming();
    Executor executor = context.eventLoop().withoutContext();
    SocketConnection connection = new SocketConnection(live, who, executor, outgoing);
    connections.add(connection);
    var _ =
        outgoing
            .whenComplete()
            .handle(
                (nothing, failure) -> {
                  connections.remove(connection);
                  connection.closed();
                  return null;
                });
    incoming.subscribe(new SocketReader(connection, MESSAGE_BYTES_MAX), context.eventLoop());
    if (draining) {
      restart(connection);
    }
    return outgoing;
  }

  private static void restart(SocketConnection connection) {
    connection.close(WebSocketCloseStatus.SERVICE_RESTART, "the server is stopping; connect again");
  }

  /** Connections open now. */
  public int count() {
    return connections.size();
  }

  /** Closes all connections, telling them to come back, and takes no more. */
  public void drain() {
    draining = true;
    connections.forEach(WebSocketEndpoint::restart);
  }

  @Override
  public void close() {
    drain();
    timer.shutdownNow();
  }
}
