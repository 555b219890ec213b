package dev.millrace.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * How a producer works, checked.
 *
 * @param project the project to write to; empty means the key's own
 * @param producerId names the producer
 * @param epoch its incarnation
 * @param maxBatchEvents events of a batch
 * @param maxBatchBytes bytes of a batch's events
 * @param maxBufferedBytes bytes of all unacknowledged events
 * @param maxInFlight batches sent and not yet acknowledged
 * @param linger how long a batch waits for more events
 * @param retryDelay the upper end of the first wait before a retry; doubles with each
 * @param maxRetryDelay the upper end of all waits
 * @param acknowledgementTimeout how long an acknowledgement may take before the stream is given up
 * @param clockCorrection whether batches carry the client's clock
 */
record ProducerOptions(
    String project,
    String producerId,
    long epoch,
    int maxBatchEvents,
    int maxBatchBytes,
    long maxBufferedBytes,
    int maxInFlight,
    Duration linger,
    Duration retryDelay,
    Duration maxRetryDelay,
    Duration acknowledgementTimeout,
    boolean clockCorrection) {
  /** As many events as a server takes in a batch. */
  static final int BATCH_EVENTS_MAX = 10_000;

  /** Under the 4 MiB that gRPC peers and proxies take by default. */
  static final int BATCH_BYTES_MAX = 3 << 20;

  private static final int PRODUCER_ID_BYTES_MAX = 128;

  ProducerOptions {
    int idBytes = producerId.getBytes(StandardCharsets.UTF_8).length;
    require(
        idBytes > 0 && idBytes <= PRODUCER_ID_BYTES_MAX,
        "producerId must have 1 to " + PRODUCER_ID_BYTES_MAX + " bytes, not " + idBytes);
    require(epoch >= 0, "epoch must be 0 or more, not " + epoch);
    require(
        maxBatchEvents >= 1 && maxBatchEvents <= BATCH_EVENTS_MAX,
        "maxBatchEvents must be 1 to " + BATCH_EVENTS_MAX + ", not " + maxBatchEvents);
    require(
        maxBatchBytes >= 1 && maxBatchBytes <= BATCH_BYTES_MAX,
        "maxBatchBytes must be 1 to " + BATCH_BYTES_MAX + ", not " + maxBatchBytes);
    require(
        maxBufferedBytes >= maxBatchBytes,
        "maxBufferedBytes must hold a batch of "
            + maxBatchBytes
            + " bytes, not "
            + maxBufferedBytes);
    require(maxInFlight >= 1, "maxInFlight must be 1 or more, not " + maxInFlight);
    require(!linger.isNegative(), "linger must not be negative: " + linger);
    require(positive(retryDelay), "retryDelay must be positive: " + retryDelay);
    require(
        maxRetryDelay.compareTo(retryDelay) >= 0,
        "maxRetryDelay must be at least retryDelay: " + maxRetryDelay);
    require(
        positive(acknowledgementTimeout),
        "acknowledgementTimeout must be positive: " + acknowledgementTimeout);
  }

  private static boolean positive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
