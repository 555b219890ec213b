package dev.millrace.server.http.live;

import com.linecorp.armeria.common.websocket.WebSocketCloseStatus;
import com.linecorp.armeria.common.websocket.WebSocketWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/** The sending side of a WebSocket, which knows how much hasn't gone to the socket. Thread-safe. */
final class SocketWriter {
  /** Bytes on their way beyond which updates wait. */
  private static final long READY_BYTES = 64 * 1024;

  /** Bytes on their way beyond which a client that goes on asking is sent away. */
  private static final long BYTES_MAX = 4 << 20;

  private final WebSocketWriter socket;
  private final Runnable onReady;
  private final AtomicLong pending = new AtomicLong();
  private volatile boolean waited;

  /**
   * @param onReady called when updates are welcome again
   */
  SocketWriter(WebSocketWriter socket, Runnable onReady) {
    this.socket = socket;
    this.onReady = onReady;
  }

  /** Whether an update is welcome. */
  boolean ready() {
    if (pending.get() < READY_BYTES) {
      return socket.isOpen();
    }
    waited = true;
    // Again, since what was on its way may have gone since.
    return pending.get() < READY_BYTES && socket.isOpen();
  }

  void send(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (pending.addAndGet(bytes.length) > BYTES_MAX + bytes.length) {
      close(WebSocketCloseStatus.POLICY_VIOLATION, "too much is waiting to be read");
      return;
    }
    if (socket.tryWrite(text)) {
      var _ = socket.whenConsumed().thenRun(() -> consumed(bytes.length));
    }
  }

  private void consumed(int bytes) {
    if (pending.addAndGet(-bytes) < READY_BYTES && waited) {
      waited = false;
      onReady.run();
    }
  }

  void ping() {
    if (socket.isOpen() && pending.get() < READY_BYTES) {
      socket.writePing();
    }
  }

  void pong(byte[] payload) {
    if (socket.isOpen() && pending.get() < READY_BYTES) {
      socket.writePong(payload);
    }
  }

  void close(WebSocketCloseStatus status, String reason) {
    if (socket.isOpen()) {
      socket.close(status, reason);
    }
  }
}
