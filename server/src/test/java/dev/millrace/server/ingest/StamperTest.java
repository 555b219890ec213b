package dev.millrace.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.TextField;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

final class StamperTest {
  private final Stamper stamper = new Stamper(InstantSource.fixed(Instant.EPOCH));

  private static EventBatch batch(String producer, long number) {
    BatchHeader header = new BatchHeader("", producer, 0, number, EventBatch.NO_TIME, false);
    EventBatch batch = new EventBatch(header, new byte[0], 0, 2);
    batch.beginRow();
    batch.beginRow();
    return batch;
  }

  @Test
  void ids_thatTheServerMakesForAllEvents_areNew() {
    EventBatch batch = batch("", 0);
    stamper.times(batch);
    stamper.ids(batch);
    assertThat(batch.idsNew()).isTrue();
    assertThat(batch.textString(TextField.EVENT_ID, 0))
        .hasSize(36)
        .isNotEqualTo(batch.textString(TextField.EVENT_ID, 1));
  }

  @Test
  void ids_ofANumberedBatch_areTheSameAgain() {
    EventBatch first = batch("producer", 7);
    EventBatch again = batch("producer", 7);
    stamper.ids(first);
    stamper.ids(again);
    assertThat(first.textString(TextField.EVENT_ID, 1))
        .isEqualTo(again.textString(TextField.EVENT_ID, 1));
    assertThat(first.idsNew()).isTrue();
  }

  @Test
  void ids_thatAClientSent_mayBeStoredAlready() {
    EventBatch batch = batch("producer", 7);
    batch.text(TextField.EVENT_ID, 1, batch.append("mine"));
    stamper.ids(batch);
    assertThat(batch.idsNew()).isFalse();
  }

  @Test
  void ids_ofRejectedEvents_dontCount() {
    EventBatch batch = batch("producer", 7);
    batch.text(TextField.EVENT_ID, 1, batch.append("mine"));
    batch.reject(1, RejectReason.MALFORMED, "", "broken");
    stamper.ids(batch);
    assertThat(batch.idsNew()).isTrue();
  }
}
