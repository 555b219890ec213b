package dev.millrace.server.ingest;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.Slice;
import dev.millrace.server.event.TextField;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Holds batches and events to the rules that need more than one field to be looked at; what can be
 * seen from a field alone the decoders check. Thread-safe.
 */
final class Validator {
  private static final int PRODUCER_BYTES_MAX = 128;

  private final EventLimits limits;

  Validator(EventLimits limits) {
    this.limits = limits;
  }

  /**
   * Checks what the producer says of a batch.
   *
   * @throws ApiException.InvalidArgument if it doesn't fit together
   */
  void batch(EventBatch batch) {
    if (batch.size() > limits.batchEvents()) {
      throw new ApiException.InvalidArgument(
          "events",
          "found %,d events, at most %,d are allowed"
              .formatted(batch.size(), limits.batchEvents()));
    }
    BatchHeader header = batch.header();
    int producerBytes = header.producerId().getBytes(StandardCharsets.UTF_8).length;
    if (producerBytes > PRODUCER_BYTES_MAX) {
      throw new ApiException.InvalidArgument(
          "producerId",
          "found %,d bytes of UTF-8, at most %d are allowed"
              .formatted(producerBytes, PRODUCER_BYTES_MAX));
    }
    if (header.epoch() < 0) {
      throw new ApiException.InvalidArgument(
          "epoch", "found " + header.epoch() + ", expected 0 or more");
    }
    if (header.numbered() && header.batchNumber() < 1) {
      throw new ApiException.InvalidArgument(
          "batchNumber",
          "found %d, a producer's batches count from 1".formatted(header.batchNumber()));
    }
    if (!header.numbered() && header.batchNumber() != 0) {
      throw new ApiException.InvalidArgument(
          "producerId", "found none beside a batchNumber, which counts for one producer");
    }
  }

  /** Rejects the events that lack their type, or whose stamped time is too far ahead. */
  void events(EventBatch batch) {
    long latest = batch.receivedMicros() + limits.ahead().toNanos() / 1_000;
    for (int row = 0; row < batch.size(); row++) {
      if (!batch.live(row)) {
        continue;
      }
      if (batch.text(TextField.TYPE, row) == Slice.ABSENT) {
        batch.reject(
            row, RejectReason.REQUIRED_FIELD_MISSING, "type", "found none, an event must have one");
      } else if (batch.time(row) > latest) {
        batch.reject(
            row,
            RejectReason.TIME_TOO_FAR_AHEAD,
            "time",
            "found %s, at most %s is allowed (%s ahead of the server)"
                .formatted(instant(batch.time(row)), instant(latest), limits.ahead()));
      }
    }
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
