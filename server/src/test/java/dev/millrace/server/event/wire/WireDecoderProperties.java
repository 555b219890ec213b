package dev.millrace.server.event.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.EventRows;
import dev.millrace.server.event.RandomEvents;
import dev.millrace.server.event.Rejection;
import dev.millrace.v1.IngestEventsRequest;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * The decoder against the generated classes, and against bytes that nobody would send on purpose.
 */
class WireDecoderProperties {
  @Property(tries = 2_000)
  void decode_readsWhatGeneratedClassesWrite(@ForAll long seed) {
    IngestEventsRequest request = new RandomEvents(seed).request();
    EventBatch batch = WireDecoder.decode(request.toByteArray(), EventLimits.DEFAULT);
    assertThat(batch.header()).isEqualTo(header(request));
    assertThat(batch.rejections()).isEmpty();
    assertThat(batch.size()).isEqualTo(request.getEventsCount());
    for (int row = 0; row < batch.size(); row++) {
      assertThat(EventRows.fields(batch, row))
          .isEqualTo(RandomEvents.fields(request.getEvents(row)));
    }
  }

  private static BatchHeader header(IngestEventsRequest request) {
    return new BatchHeader(
        request.getProject(),
        request.getProducerId(),
        request.getEpoch(),
        request.getBatchNumber(),
        request.hasSentAt() ? RandomEvents.micros(request.getSentAt()) : EventBatch.NO_TIME,
        request.getVerdicts());
  }

  @Property(tries = 100)
  void decode_ofRequestsCutOffAnywhereRefusesThemOrReadsAPrefix(@ForAll long seed) {
    byte[] whole = new RandomEvents(seed).request().toByteArray();
    int events = WireDecoder.decode(whole.clone(), EventLimits.DEFAULT).size();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      try {
        EventBatch batch = WireDecoder.decode(cut, EventLimits.DEFAULT);
        assertThat(batch.size()).isLessThanOrEqualTo(events);
        assertThat(batch.rejections()).isEmpty();
      } catch (ApiException.InvalidArgument e) {
        assertThat(e.violations()).isNotEmpty();
      }
    }
  }

  @Property(tries = 2_000)
  void decode_ofEventsCutOffRejectsOnlyThem(@ForAll long seed) throws Exception {
    RandomEvents random = new RandomEvents(seed);
    byte[] good = random.event().toByteArray();
    byte[] bad = Arrays.copyOf(good, new Random(seed).nextInt(good.length));
    byte[] request =
        concat(
            WireDecoder.requestOf(good), WireDecoder.requestOf(bad), WireDecoder.requestOf(good));
    EventBatch batch = WireDecoder.decode(request, EventLimits.DEFAULT);
    assertThat(batch.size()).isEqualTo(3);
    assertThat(batch.live(0)).isTrue();
    assertThat(batch.live(2)).isTrue();
    assertThat(EventRows.fields(batch, 2)).isEqualTo(EventRows.fields(batch, 0));
    for (Rejection rejection : batch.rejections()) {
      assertThat(rejection.row()).isEqualTo(1);
      assertThat(rejection.original()).isEqualTo(bad);
    }
  }

  @Property(tries = 5_000)
  void decode_ofFlippedBitsGivesRowsOrTypedErrors(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] request = new RandomEvents(seed).request().toByteArray();
    for (int flips = 1 + random.nextInt(8); flips > 0 && request.length > 0; flips--) {
      request[random.nextInt(request.length)] ^= (byte) (1 << random.nextInt(8));
    }
    byte[] flipped = request.clone();
    try {
      EventBatch batch = WireDecoder.decode(request, EventLimits.DEFAULT);
      agreesWithGenerated(flipped, batch);
    } catch (ApiException.InvalidArgument e) {
      assertThat(e.violations()).isNotEmpty();
    }
  }

  /** What is accepted must be what the generated classes read, unless they are lenient or merge. */
  private static void agreesWithGenerated(byte[] request, EventBatch batch) {
    try {
      IngestEventsRequest parsed = IngestEventsRequest.parseFrom(request);
      assertThat(batch.size()).isEqualTo(parsed.getEventsCount());
      for (int row = 0; row < batch.size(); row++) {
        if (batch.live(row)) {
          assertThat(EventRows.fields(batch, row))
              .isEqualTo(RandomEvents.fields(parsed.getEvents(row)));
        }
      }
    } catch (InvalidProtocolBufferException e) {
      // One broken event breaks the whole message there; here it must have broken itself.
      assertThat(batch.rejections()).as(e.getMessage()).isNotEmpty();
    }
  }

  private static byte[] concat(byte[]... parts) {
    byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
