package dev.millrace.server.http.live;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.TailSink;
import dev.millrace.v1.TailEventsResponse;
import java.util.function.Consumer;

/** The events of one subscription of a WebSocket. */
final class SocketEvents implements TailSink {
  private final String id;
  private final SocketWriter writer;
  private final Consumer<RuntimeException> onFailure;
  private String position = "";

  SocketEvents(String id, SocketWriter writer, Consumer<RuntimeException> onFailure) {
    this.id = id;
    this.writer = writer;
    this.onFailure = onFailure;
  }

  @Override
  public boolean ready() {
    return writer.ready();
  }

  /** Sends each event by itself; the last one's position includes all. */
  @Override
  public void send(TailEventsResponse message) {
    // The connection has its own announcements and signs of life.
    int last = message.getEventsCount() - 1;
    for (int i = 0; i <= last; i++) {
      writer.send(
          SocketMessages.event(
              id, i == last ? message.getPosition() : position, message.getEvents(i)));
    }
    if (!message.hasAnnouncement()) {
      position = message.getPosition();
    }
  }

  /** The connection is closed, and says why. */
  @Override
  public void stop(ApiException.Unavailable reason) {}

  @Override
  public void fail(RuntimeException error) {
    onFailure.accept(error);
  }
}
