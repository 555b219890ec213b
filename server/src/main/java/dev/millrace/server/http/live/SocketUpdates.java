package dev.millrace.server.http.live;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.feed.Update;
import dev.millrace.server.live.feed.UpdateSink;
import dev.millrace.v1.Announcement;
import java.util.function.Consumer;

/** The updates of one subscription of a WebSocket. */
final class SocketUpdates implements UpdateSink {
  private final String id;
  private final SocketWriter writer;
  private final boolean heartbeats;
  private final Consumer<RuntimeException> onFailure;
  private boolean begun;

  /**
   * @param heartbeats whether the client asked for signs of life of the subscription, beside those
   *     of the connection
   */
  SocketUpdates(
      String id, SocketWriter writer, boolean heartbeats, Consumer<RuntimeException> onFailure) {
    this.id = id;
    this.writer = writer;
    this.heartbeats = heartbeats;
    this.onFailure = onFailure;
  }

  @Override
  public boolean ready() {
    return writer.ready();
  }

  @Override
  public void send(Update update) {
    boolean heartbeat = update.message().hasHeartbeat();
    if (heartbeat && !begun) {
      writer.send(SocketMessages.unchanged(id, update));
    } else if (!heartbeat || heartbeats) {
      writer.send(SocketMessages.update(id, update));
    }
    begun = true;
  }

  /** The connection has its own. */
  @Override
  public void announce(Announcement announcement) {}

  /** The connection is closed, and says why. */
  @Override
  public void stop(ApiException.Unavailable reason) {}

  @Override
  public void fail(RuntimeException error) {
    onFailure.accept(error);
  }
}
