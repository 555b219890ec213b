package dev.millrace.benchmark;

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
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server as a process of its own, on a free port, from its start to its end. */
public final class ServerUnderTest implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(2);
  private static final int STOP_SECONDS = 60;

  private final Process process;
  private final Path data;
  private final boolean temporary;
  private final Path log;
  private final int port;
  private final Duration untilReady;

  private ServerUnderTest(ServerOptions options, Path data, boolean temporary)
      throws IOException, InterruptedException {
    this.data = data;
    this.temporary = temporary;
    port = freePort();
    log = Files.createTempFile("millrace-benchmark", ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options.javaOptions);
    command.addAll(List.of("-jar", options.jar.toString(), "serve"));
    command.addAll(List.of("--data", data.toString(), "--listen", address()));
    command.addAll(options.serveOptions);
    long start = System.nanoTime();
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      awaitReady();
    } catch (IOException | InterruptedException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
    untilReady = Duration.ofNanos(System.nanoTime() - start);
  }

  /** Starts a server on the data directory of the options, or on a new one. */
  public static ServerUnderTest start(ServerOptions options)
      throws IOException, InterruptedException {
    return options.data == null
        ? new ServerUnderTest(options, Files.createTempDirectory("millrace-benchmark"), true)
        : new ServerUnderTest(options, options.data, false);
  }

  private void awaitReady() throws IOException, InterruptedException {
    HttpClient http = HttpClient.newHttpClient();
    HttpRequest ask = HttpRequest.newBuilder(uri("/readyz")).timeout(Duration.ofSeconds(5)).build();
    long end = System.nanoTime() + READY.toNanos();
    while (System.nanoTime() < end) {
      if (!process.isAlive()) {
        throw new IOException("the server ended:\n" + Files.readString(log));
      }
      try {
        if (http.send(ask, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException notListening) {
        // Not yet; the loop asks again.
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    throw new IOException("the server wasn't ready in time:\n" + Files.readString(log));
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  URI uri(String path) {
    return URI.create("http://" + address() + path);
  }

  Duration untilReady() {
    return untilReady;
  }

  public ProcessFigures figures() throws IOException {
    return ProcessFigures.of(process.pid());
  }

  /** Has the server collect its garbage, so that what is in use afterwards is really used. */
  void collectGarbage() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.run")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** The bytes that the data directory takes on disk. */
  public long dataBytes() throws IOException {
    return allocatedBytes(data);
  }

  /** The bytes that a directory takes on disk: what is allocated, since files are sparse. */
  public static long allocatedBytes(Path directory) throws IOException {
    Process du = new ProcessBuilder("du", "-s", "-B1", directory.toString()).start();
    try (var out = du.inputReader()) {
      return Long.parseLong(out.readLine().split("\t", -1)[0]);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      Files.deleteIfExists(log);
      if (temporary) {
        delete(data);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
