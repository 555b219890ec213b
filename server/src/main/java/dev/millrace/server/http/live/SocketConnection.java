package dev.millrace.server.http.live;

import com.linecorp.armeria.common.websocket.WebSocketCloseStatus;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import dev.millrace.server.access.Caller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.Subscriptions;
import dev.millrace.server.live.Tails;
import dev.millrace.server.live.feed.Announcements;
import dev.millrace.server.live.feed.Subscriber;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * A client on a WebSocket, and what it watches. What comes in is handled by one thread, that of the
 * connection; what goes out may come from others.
 */
final class SocketConnection {
  /** Subscriptions of one connection. */
  static final int SUBSCRIPTIONS_MAX = 100;

  private final Live live;
  private final Caller caller;
  private final Executor executor;
  private final SocketWriter writer;
  private final Announcements.Receiver receiver;
  private final Map<String, Watch> watches = new ConcurrentHashMap<>();
  private volatile long lastHeard = System.nanoTime();

  /** The features behind. */
  record Live(Subscriptions subscriptions, Tails tails, Announcements announcements) {}

  /** Something watched. */
  private record Watch(Runnable ready, Runnable cancel) {
    static final Watch OPENING = new Watch(() -> {}, () -> {});
  }

  SocketConnection(Live live, Caller caller, Executor executor, WebSocketWriter socket) {
    this.live = live;
    this.caller = caller;
    this.executor = executor;
    this.writer = new SocketWriter(socket, this::ready);
    this.receiver = live.announcements().join(caller.boundProject(), this::announce);
  }

  private void ready() {
    watches.values().forEach(watch -> watch.ready.run());
    announce();
  }

  private void announce() {
    executor.execute(
        () -> {
          if (writer.ready()) {
            live.announcements()
                .take(receiver)
                .forEach(news -> writer.send(SocketMessages.announcement(news)));
          }
        });
  }

  /** The client gave a sign of life. */
  void heard() {
    lastHeard = System.nanoTime();
  }

  void pong(byte[] payload) {
    heard();
    writer.pong(payload);
  }

  /** The client said something. */
  void receive(String text) {
    heard();
    switch (ClientMessage.parse(text)) {
      case ClientMessage.Subscribe subscribe -> open(subscribe.id(), () -> watch(subscribe));
      case ClientMessage.Tail tail -> open(tail.id(), () -> watch(tail));
      case ClientMessage.Unsubscribe unsubscribe -> unsubscribe(unsubscribe.id());
      case ClientMessage.Ping _ -> writer.send(SocketMessages.pong());
      case ClientMessage.Pong _ -> {}
      case ClientMessage.Broken broken ->
          writer.send(SocketMessages.error(broken.id(), broken.error()));
    }
  }

  /** Makes something watched. */
  @FunctionalInterface
  private interface Opening {
    Watch open();
  }

  private void open(String id, Opening opening) {
    try {
      if (watches.size() >= SUBSCRIPTIONS_MAX) {
        throw new ApiException.LimitExceeded(
            "subscriptions",
            "a connection has at most %d subscriptions".formatted(SUBSCRIPTIONS_MAX));
      }
      if (watches.putIfAbsent(id, Watch.OPENING) != null) {
        throw new ApiException.InvalidArgument(
            "id", "names a subscription of this connection already");
      }
    } catch (ApiException e) {
      writer.send(SocketMessages.error(id, e));
      return;
    }
    try {
      Watch watch = opening.open();
      // It may have failed by itself, or all may be over.
      if (watches.computeIfPresent(id, (same, before) -> watch) == null) {
        watch.cancel.run();
      }
    } catch (RuntimeException e) {
      failed(id, e);
    }
  }

  private Watch watch(ClientMessage.Subscribe subscribe) {
    String project = caller.project(subscribe.request().getProject(), Permission.READ);
    SocketUpdates sink =
        new SocketUpdates(
            subscribe.id(),
            writer,
            subscribe.request().hasHeartbeatInterval(),
            error -> failed(subscribe.id(), error));
    Subscriber subscriber =
        live.subscriptions()
            .open(
                subscribe.request(),
                new Subscriptions.Reader(caller.name(), project, executor, false, sink));
    return new Watch(subscriber::ready, subscriber::cancel);
  }

  private Watch watch(ClientMessage.Tail tail) {
    String project = caller.project(tail.request().getProject(), Permission.READ);
    SocketEvents sink = new SocketEvents(tail.id(), writer, error -> failed(tail.id(), error));
    Tails.Handle handle = live.tails().open(caller.name(), project, tail.request(), sink);
    return new Watch(handle::ready, handle::cancel);
  }

  private void failed(String id, RuntimeException error) {
    watches.remove(id);
    writer.send(SocketMessages.error(id, error));
  }

  private void unsubscribe(String id) {
    Watch watch = watches.remove(id);
    if (watch == null) {
      writer.send(
          SocketMessages.error(
              id,
              new ApiException.InvalidArgument("id", "names no subscription of this connection")));
    } else {
      watch.cancel.run();
    }
  }

  /**
   * Asks for a sign of life, and gives up on a client that has given none for too long.
   *
   * @param patienceNanos how long that is
   */
  void ping(long patienceNanos) {
    if (System.nanoTime() - lastHeard > patienceNanos) {
      close(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE, "no pong");
    } else if (writer.ready()) {
      // For people's programs, and for libraries, which answer the protocol's own by themselves.
      writer.send(SocketMessages.ping());
      writer.ping();
    }
  }

  void close(WebSocketCloseStatus status, String reason) {
    writer.close(status, reason);
  }

  /** The connection is over. */
  void closed() {
    live.announcements().leave(receiver);
    List.copyOf(watches.keySet())
        .forEach(
            id -> {
              Watch watch = watches.remove(id);
              if (watch != null) {
                watch.cancel.run();
              }
            });
  }
}
