package dev.millrace.server.acceptance;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The packaged server as a process, on a free port of the loopback interface. */
final class ServerProcess implements AutoCloseable {
  private static final Path JAR = Path.of("target/millrace.jar");
  private static final Duration START = Duration.ofSeconds(30);

  private final HttpClient http;
  private final String scheme;
  private final Process process;
  private final Path log;
  private final int port;

  private ServerProcess(@Nullable SSLContext trust, Process process, Path log, int port) {
    HttpClient.Builder client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5));
    http = trust == null ? client.build() : client.sslContext(trust).build();
    scheme = trust == null ? "http" : "https";
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /** Starts a server and waits until it is ready. */
  static ServerProcess start(Path data, String... more) {
    return start(data, freePort(), List.of(), more);
  }

  /** Starts a server under another command, such as a tracer, and waits until it is ready. */
  static ServerProcess start(Path data, int port, List<String> under, String... more) {
    return start(null, data, port, under, more);
  }

  /** Starts a server with TLS settings, and waits until it is ready for who trusts it. */
  static ServerProcess startTls(SSLContext trust, Path data, String... more) {
    return start(trust, data, freePort(), List.of(), more);
  }

  private static ServerProcess start(
      @Nullable SSLContext trust, Path data, int port, List<String> under, String... more) {
    List<String> command = new ArrayList<>(under);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-jar", JAR.toString(), "serve"));
    command.addAll(List.of("--data", data.toString(), "--listen", "127.0.0.1:" + port));
    command.addAll(List.of(more));
    try {
      Path log = Files.createTempFile("millrace-server", ".log");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
              .start();
      ServerProcess server = new ServerProcess(trust, process, log, port);
      server.awaitReady();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() {
    Awaitility.await("the server is ready")
        .atMost(START)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("the server ended:\n" + log());
              }
              return isReady();
            });
  }

  private boolean isReady() throws InterruptedException {
    try {
      return get("/readyz").statusCode() == 200;
    } catch (UncheckedIOException notListening) {
      return false;
    }
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  URI uri(String path) {
    return URI.create(scheme + "://" + address() + path);
  }

  ManagedChannel channel() {
    return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  HttpResponse<String> get(String path) throws InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20)).build());
  }

  HttpResponse<String> post(String path, String json) throws InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(60))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  HttpResponse<String> send(HttpRequest request) throws InterruptedException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HttpResponse<byte[]> sendForBytes(HttpRequest request) throws InterruptedException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything the server has printed. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the server where it stands. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    awaitEnd();
  }

  /** Asks the server to stop, as a supervisor does, and returns its exit code. */
  int stop() {
    // A tracer hands nothing on; where there is one, the server is its child.
    List<ProcessHandle> children = process.descendants().toList();
    children.forEach(ProcessHandle::destroy);
    if (children.isEmpty()) {
      process.destroy();
    }
    awaitEnd();
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("the server didn't stop:\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      stop();
    }
    http.close();
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
