package dev.millrace.server.ingest;

import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventTime;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.Slice;
import dev.millrace.server.event.TextField;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Gives events what only the server can: times of receipt, corrected times, ids. Thread-safe. */
final class Stamper {
  private final InstantSource clock;

  Stamper(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Sets the time of receipt, and each event's time: as it was sent, corrected by how far the
   * client's clock was off if it says when it sent the batch, or the time of receipt if it has
   * none.
   */
  void times(EventBatch batch) {
    Instant now = clock.instant();
    long received = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    batch.receivedMicros(received);
    BatchHeader header = batch.header();
    long skew = header.sentAtMicros() == EventBatch.NO_TIME ? 0 : received - header.sentAtMicros();
    for (int row = 0; row < batch.size(); row++) {
      if (!batch.live(row)) {
        continue;
      }
      long time = batch.time(row);
      if (time == EventBatch.NO_TIME) {
        batch.time(row, received);
      } else if (skew != 0) {
        correct(batch, row, time + skew);
      }
    }
  }

  private static void correct(EventBatch batch, int row, long corrected) {
    if (EventTime.inRange(corrected)) {
      batch.time(row, corrected);
    } else {
      batch.reject(
          row,
          RejectReason.TIME_INVALID,
          "time",
          "outside the years 1 to 9999 once it is corrected by sentAt");
    }
  }

  /**
   * Gives an id to every event that has none and is still to be stored. If that is all of them, the
   * store needn't look for them: their ids are random, or follow from the number of the batch,
   * which is applied once.
   */
  void ids(EventBatch batch) {
    EventIds ids = null;
    boolean all = true;
    for (int row = 0; row < batch.size(); row++) {
      if (!batch.live(row)) {
        continue;
      }
      if (batch.text(TextField.EVENT_ID, row) != Slice.ABSENT) {
        all = false;
        continue;
      }
      if (ids == null) {
        ids = EventIds.of(batch.header(), batch.receivedMicros());
      }
      batch.text(TextField.EVENT_ID, row, batch.append(ids.next(row), 0, EventIds.LENGTH));
    }
    if (all) {
      batch.markIdsNew();
    }
  }
}
