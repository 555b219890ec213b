package dev.millrace.server.storage.node;

/** Waiting for threads. */
final class Threads {
  private Threads() {}

  /** Waits for a thread's end, also if whoever waits is in a hurry. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
