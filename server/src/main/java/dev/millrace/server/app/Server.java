package dev.millrace.server.app;

import dev.millrace.server.app.config.ServerConfig;
import dev.millrace.server.error.StorageException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running server. Made by {@link #start}; {@link #stop} may be called from any thread. */
final class Server {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  private final Parts parts;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private boolean stopping;

  private Server(Parts parts) {
    this.parts = parts;
  }

  /**
   * Starts a server and returns when it is ready.
   *
   * @param startNanos when the start began, by {@link System#nanoTime}
   * @param wiring makes the parts
   * @throws StartException if it can't start
   */
  static Server start(ServerConfig config, long startNanos, Function<ServerConfig, Parts> wiring) {
    Parts parts = open(config, wiring);
    Server server = new Server(parts);
    try {
      parts.http().start();
    } catch (IOException e) {
      server.stop();
      throw new StartException(
          "can't listen on %s: %s".formatted(show(config.http().listen()), reason(e)), e);
    }
    parts.http().ready();
    log.info(
        "ready at {} in {} ms: Millrace {}, data {}, shards {}, events {}",
        server.url(config),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos),
        Version.current(),
        config.data().toAbsolutePath().normalize(),
        parts.storage().stats().shards(),
        parts.storage().stats().events());
    return server;
  }

  private static Parts open(ServerConfig config, Function<ServerConfig, Parts> wiring) {
    try {
      return wiring.apply(config);
    } catch (StorageException e) {
      String what =
          switch (e) {
            case StorageException.InUse _ -> "is in use by another process";
            case StorageException.TooNew _ -> "was written by a later Millrace";
            case StorageException.TooOld _ -> "was written by a Millrace that is too old";
            case StorageException.Corrupt _ -> "is damaged";
            case StorageException.Full _ -> "has no room left";
            default -> "can't be opened";
          };
      throw new StartException(
          "the data directory %s %s: %s".formatted(config.data(), what, e.getMessage()), e);
    }
  }

  private static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("already in use") || message.contains("Address in use")
        ? "another program uses the port"
        : message;
  }

  /** The address listened on. */
  InetSocketAddress address() {
    return parts.http().address();
  }

  /** The address as a URL. */
  String url(ServerConfig config) {
    return (config.http().tls() == null ? "http://" : "https://") + show(address());
  }

  private static String show(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /**
   * Stops: no more connections, requests under way are finished and acknowledged, streams are told
   * to go, and the store is closed last. Returns when all is done; a second call waits for the
   * first.
   */
  void stop() {
    synchronized (this) {
      if (stopping) {
        awaitStopped();
        return;
      }
      stopping = true;
    }
    try {
      parts.http().notReady();
      parts.drains().forEach(Runnable::run);
      quietly("the port", parts.http()::stop);
      for (AutoCloseable part : parts.closes()) {
        quietly(part.getClass().getSimpleName(), part);
      }
      quietly("the store", parts.storage());
      log.info("stopped");
    } finally {
      stopped.countDown();
    }
  }

  private static void quietly(String what, AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      log.warn("closing {} failed", what, e);
    }
  }

  /** Waits until the server has been stopped. */
  void awaitStopped() {
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
