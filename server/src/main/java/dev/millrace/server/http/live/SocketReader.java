package dev.millrace.server.http.live;

import com.linecorp.armeria.common.websocket.WebSocketCloseStatus;
import com.linecorp.armeria.common.websocket.WebSocketFrame;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Puts a connection's frames together to messages. Used by one thread. */
final class SocketReader implements Subscriber<WebSocketFrame> {
  private final SocketConnection connection;
  private final int charactersMax;
  private final StringBuilder begun = new StringBuilder();
  private @Nullable Subscription subscription;

  SocketReader(SocketConnection connection, int charactersMax) {
    this.connection = connection;
    this.charactersMax = charactersMax;
  }

  @Override
  public void onSubscribe(Subscription made) {
    subscription = made;
    made.request(1);
  }

  @Override
  public void onNext(WebSocketFrame frame) {
    try (frame) {
      switch (frame.type()) {
        case TEXT, CONTINUATION -> text(frame);
        case BINARY ->
            connection.close(WebSocketCloseStatus.INVALID_MESSAGE_TYPE, "messages are text");
        case PING -> connection.pong(frame.array());
        case PONG -> connection.heard();
        case CLOSE -> connection.close(WebSocketCloseStatus.NORMAL_CLOSURE, "");
      }
    }
    Objects.requireNonNull(subscription).request(1);
  }

  private void text(WebSocketFrame frame) {
    begun.append(frame.text());
    if (begun.length() > charactersMax) {
      connection.close(
          WebSocketCloseStatus.MESSAGE_TOO_BIG,
          "a message has at most %d characters".formatted(charactersMax));
      begun.setLength(0);
    } else if (frame.isFinalFragment()) {
      String message = begun.toString();
      begun.setLength(0);
      connection.receive(message);
    }
  }

  @Override
  public void onError(Throwable failure) {
    // The frame was broken or the client has gone; either way the other side learns by the end.
    connection.close(WebSocketCloseStatus.PROTOCOL_ERROR, "");
  }

  @Override
  public void onComplete() {
    connection.close(WebSocketCloseStatus.NORMAL_CLOSURE, "");
  }
}
