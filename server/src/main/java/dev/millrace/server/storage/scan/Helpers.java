package dev.millrace.server.storage.scan;

/** Threads that help a caller if they have time. Thread-safe. */
public interface Helpers {
  /** No help. */
  Helpers NONE =
      new Helpers() {
        @Override
        public int threads() {
          return 0;
        }

        @Override
        public boolean offer(Runnable task) {
          return false;
        }
      };

  /** How many there are at most. */
  int threads();

  /**
   * Hands over a task, which may run at any time later.
   *
   * @return false if all are busy and enough waits already; the task won't run then
   */
  boolean offer(Runnable task);
}
