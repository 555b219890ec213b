package dev.millrace.server.event.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.EventRows;
import dev.millrace.server.event.RandomEvents;
import dev.millrace.v1.IngestEventsRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The strict decoder against protobuf's own JSON. */
class JsonDecoderProperties {
  @Property(tries = 1_000)
  void decode_readsWhatProtobufPrints(@ForAll long seed) throws Exception {
    IngestEventsRequest request = new RandomEvents(seed).request();
    JsonFormat.Printer printer = JsonFormat.printer();
    if ((seed & 1) == 0) {
      printer = printer.preservingProtoFieldNames();
    }
    EventBatch batch = decode(printer.print(request).getBytes(StandardCharsets.UTF_8));
    assertThat(batch.rejections()).isEmpty();
    assertThat(batch.header().project()).isEqualTo(request.getProject());
    assertThat(batch.header().producerId()).isEqualTo(request.getProducerId());
    assertThat(batch.header().epoch()).isEqualTo(request.getEpoch());
    assertThat(batch.header().batchNumber()).isEqualTo(request.getBatchNumber());
    assertThat(batch.header().verdicts()).isEqualTo(request.getVerdicts());
    if (request.hasSentAt()) {
      assertThat(batch.header().sentAtMicros())
          .isEqualTo(RandomEvents.micros(request.getSentAt()));
    }
    assertThat(batch.size()).isEqualTo(request.getEventsCount());
    for (int row = 0; row < batch.size(); row++) {
      assertThat(EventRows.fields(batch, row))
          .isEqualTo(RandomEvents.fields(request.getEvents(row)));
    }
  }

  @Property(tries = 100)
  void decode_ofJsonCutOffAnywhereIsRefused(@ForAll long seed) throws Exception {
    byte[] whole =
        JsonFormat.printer()
            .print(new RandomEvents(seed).request())
            .getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < whole.length; length += 1 + whole.length / 200) {
      byte[] cut = Arrays.copyOf(whole, length);
      try {
        decode(cut);
        throw new AssertionError("took " + new String(cut, StandardCharsets.UTF_8));
      } catch (ApiException.InvalidArgument e) {
        assertThat(e.violations()).isNotEmpty();
      }
    }
  }

  @Property(tries = 2_000)
  void bothDecoders_answerDamagedJsonWithRowsOrTypedErrors(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    byte[] json =
        JsonFormat.printer()
            .print(new RandomEvents(seed).request())
            .getBytes(StandardCharsets.UTF_8);
    for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
      json[random.nextInt(json.length)] ^= (byte) (1 << random.nextInt(8));
    }
    try {
      decode(json);
    } catch (ApiException.InvalidArgument e) {
      assertThat(e.violations()).isNotEmpty();
    }
    try {
      CollectDecoder.decode(json, EventLimits.DEFAULT);
    } catch (ApiException.InvalidArgument e) {
      assertThat(e.violations()).isNotEmpty();
    }
  }

  private static EventBatch decode(byte[] json) {
    return JsonDecoder.decode(json, EventLimits.DEFAULT);
  }
}
