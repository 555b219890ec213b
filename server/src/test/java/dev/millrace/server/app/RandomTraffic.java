package dev.millrace.server.app;

import com.google.protobuf.Timestamp;
import dev.millrace.v1.Event;
import dev.millrace.v1.IngestEventsRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random batches: events that are late, early, of the same moment, or sent before. */
final class RandomTraffic {
  private static final int SENT_MAX = 200;

  private final Random random;
  private final List<Event> sent = new ArrayList<>();
  private long ids;

  RandomTraffic(Random random) {
    this.random = random;
  }

  byte[] batch(Instant now) {
    IngestEventsRequest.Builder batch = IngestEventsRequest.newBuilder();
    for (int i = 1 + random.nextInt(20); i > 0; i--) {
      batch.addEvents(
          !sent.isEmpty() && random.nextInt(5) == 0
              ? sent.get(random.nextInt(sent.size()))
              : fresh(now));
    }
    return batch.build().toByteArray();
  }

  private Event fresh(Instant now) {
    // Whole minutes, so that many are of the same moment.
    long minutes =
        switch (random.nextInt(4)) {
          case 0 -> -random.nextInt(3_000);
          case 1 -> random.nextInt(120);
          default -> -random.nextInt(70);
        };
    Event event =
        Event.newBuilder()
            .setEventId("e" + ids++)
            .setType("t" + random.nextInt(4))
            .setUserId("u" + random.nextInt(7))
            .setTime(
                Timestamp.newBuilder().setSeconds(now.getEpochSecond() / 60 * 60 + minutes * 60))
            .setValue(random.nextInt(100) / 10.0)
            .build();
    sent.add(event);
    if (sent.size() > SENT_MAX) {
      sent.removeFirst();
    }
    return event;
  }
}
