package dev.millrace.server.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A bad network between a client and the server: every connection delivers some bytes, some of them
 * late, and then breaks, by a reset, or by ending one direction only, until the proxy is told to
 * behave.
 */
final class CuttingProxy implements AutoCloseable {
  private static final int BYTES_MAX = 3_000;
  private static final int DELAY_MILLIS_MAX = 15;

  private final ServerSocket listening;
  private final int target;
  private final Random random;
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile boolean behaves;

  CuttingProxy(int target, long seed) throws IOException {
    this.target = target;
    this.random = new Random(seed);
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Connections broken so far. */
  int cuts() {
    return cuts.get();
  }

  /** Breaks no more connections from now on. */
  void behave() {
    behaves = true;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        Thread.ofVirtual().start(() -> pump(client, server, Long.MAX_VALUE));
        long bytes = behaves ? Long.MAX_VALUE : 200 + random.nextInt(BYTES_MAX);
        Thread.ofVirtual().start(() -> pump(server, client, bytes));
      } catch (IOException e) {
        // A client that has gone already, or the end of the proxy.
      }
    }
  }

  private void pump(Socket from, Socket to, long bytes) {
    byte[] buffer = new byte[1_024];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      long left = bytes;
      while (left > 0) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          to.shutdownOutput();
          return;
        }
        if (bytes != Long.MAX_VALUE && random.nextInt(4) == 0) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(DELAY_MILLIS_MAX)));
        }
        out.write(buffer, 0, read);
        left -= read;
      }
      cuts.incrementAndGet();
      cut(from, to);
    } catch (IOException e) {
      // Broken from the other side.
    }
  }

  /** The server is on one side, the client on the other. */
  private void cut(Socket server, Socket client) throws IOException {
    switch (random.nextInt(3)) {
      case 0 -> {
        client.setSoLinger(true, 0);
        client.close();
        server.close();
      }
      case 1 -> client.shutdownOutput();
      default -> {
        client.close();
        server.setSoLinger(true, 0);
        server.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
