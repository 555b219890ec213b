package dev.millrace.server.live.feed;

/** What feeds do, for those who measure it. Thread-safe. */
public interface FeedMeter {
  /**
   * A new state was handed to a subscriber's transport.
   *
   * @param causeNanos when the first commit was told that it is newer for, by {@link
   *     System#nanoTime}; 0 if time alone made it
   * @param skipped states before it that the subscriber never had
   */
  void delivered(long causeNanos, long skipped);

  /** A message was handed to a transport. */
  void sent();

  /** A question was evaluated. */
  void evaluated(long nanos);
}
