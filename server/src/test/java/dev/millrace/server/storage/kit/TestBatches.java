package dev.millrace.server.storage.kit;

import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventHashes;
import dev.millrace.server.event.Kind;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.Rejection;
import dev.millrace.server.event.TextField;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Batches as the ingest pipeline hands them over. */
public final class TestBatches {
  /** When they are received unless told otherwise: a moment in 2026. */
  public static final long RECEIVED = 1_790_000_000_000_000L;

  private TestBatches() {}

  /** An event's identity. An empty user is none. */
  public record Event(String id, String user, long time) {
    public static Event of(String id, String user) {
      return new Event(id, user, RECEIVED);
    }
  }

  public static EventBatch batch(List<Event> events) {
    return batch(BatchHeader.of("p"), events, RECEIVED);
  }

  public static EventBatch numbered(String producer, long epoch, long number, List<Event> events) {
    return batch(
        new BatchHeader("p", producer, epoch, number, EventBatch.NO_TIME, false), events, RECEIVED);
  }

  public static EventBatch batch(BatchHeader header, List<Event> events, long received) {
    EventBatch batch = new EventBatch(header, new byte[64 * events.size() + 64], 0, events.size());
    byte[] key = "n".getBytes(StandardCharsets.UTF_8);
    int path = batch.path(EventBatch.rootPath(), key, 0, key.length);
    long type = batch.append("page_view");
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      int row = batch.beginRow();
      batch.text(TextField.EVENT_ID, row, batch.append(event.id()));
      batch.text(TextField.TYPE, row, type);
      batch.text(TextField.USER_ID, row, batch.append(event.user()));
      batch.time(row, event.time());
      batch.property(path, row, Kind.NUMBER, Double.doubleToRawLongBits(i));
    }
    batch.receivedMicros(received);
    EventHashes.fill(batch);
    return batch;
  }

  /** A batch of which every event was rejected, one for each of the originals. */
  public static EventBatch rejected(BatchHeader header, String... originals) {
    EventBatch batch = new EventBatch(header, new byte[0], 0, originals.length);
    for (String original : originals) {
      int row = batch.beginRow();
      batch.reject(
          new Rejection(
              row,
              RejectReason.TIME_INVALID,
              "time",
              "not a time",
              "",
              original.getBytes(StandardCharsets.UTF_8),
              OriginalFormat.JSON));
    }
    batch.receivedMicros(RECEIVED);
    EventHashes.fill(batch);
    return batch;
  }
}
