package dev.millrace.server.app;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** The process around a server: when it began, and how it ends. */
final class Startup {
  private Startup() {}

  /** When the process began, in terms of {@link System#nanoTime}. */
  static long nanos() {
    long sinceStart =
        System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    return System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(sinceStart);
  }

  /**
   * Stops the server when the process is told to go, and ends it with 0 then: a stop that was asked
   * for and went well is no failure, but Java by itself would say 143 of SIGTERM.
   */
  static void stopOnSignal(Server server) {
    stopOnSignal(server::stop);
  }

  /** As {@link #stopOnSignal(Server)}, where more than the server has to be stopped. */
  static void stopOnSignal(Runnable stop) {
    Thread hook =
        new Thread(
            () -> {
              stop.run();
              System.out.flush();
              Runtime.getRuntime().halt(0);
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }
}
