package dev.millrace.server.app;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The process around a server: when it began, and how it ends. */
final class Startup {
  /** Of /proc/self/stat, counted from the field after the name: the 22nd of all, in ticks. */
  private static final int START_TIME = 19;

  private static final double TICKS_PER_SECOND = 100;

  private Startup() {}

  /** When the process began, in terms of {@link System#nanoTime}. */
  static long nanos() {
    long now = System.nanoTime();
    try {
      // The process rather than the JVM, which may be its second one: both in time since boot.
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      String uptime = Files.readString(Path.of("/proc/uptime"));
      double began = Long.parseLong(fields[START_TIME]) / TICKS_PER_SECOND;
      double seconds = Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) - began;
      return now - (long) (seconds * 1e9);
    } catch (IOException | RuntimeException notLinux) {
      return now - TimeUnit.MILLISECONDS.toNanos(ManagementFactory.getRuntimeMXBean().getUptime());
    }
  }

  /**
   * Starts a server that stops when the process is told to go, be it while it starts: then it is
   * stopped as soon as it has. The process ends with 0, since a stop that was asked for and went
   * well is no failure, but Java by itself would say 143 of SIGTERM.
   *
   * @param start starts the server
   * @param stop stops it, and whatever else runs
   * @return what {@code start} returned
   */
  static <S> S stoppedBySignal(Supplier<S> start, Consumer<S> stop) {
    CompletableFuture<S> started = new CompletableFuture<>();
    Thread hook =
        new Thread(
            () -> {
              if (awaitStart(started)) {
                stop.accept(started.join());
                System.out.flush();
                Runtime.getRuntime().halt(0);
              }
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      S server = start.get();
      started.complete(server);
      return server;
    } catch (Throwable e) {
      started.completeExceptionally(e);
      throw e;
    }
  }

  /** False if it failed: then the process ends as it would without the signal. */
  private static boolean awaitStart(CompletableFuture<?> started) {
    return started.handle((_, failure) -> failure == null).join();
  }
}
