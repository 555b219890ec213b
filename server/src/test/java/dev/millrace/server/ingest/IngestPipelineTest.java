package dev.millrace.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import dev.millrace.server.access.Caller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.TextField;
import dev.millrace.v1.Event;
import dev.millrace.v1.IngestEventsRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IngestPipelineTest {
  private static final Instant NOW = Instant.parse("2026-01-15T10:30:00Z");
  private static final Event EVENT = Event.newBuilder().setType("t").build();

  private final FakeStorage storage = new FakeStorage();
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private Instant now = NOW;
  private final IngestPipeline pipeline = pipeline(null);

  private IngestPipeline pipeline(@Nullable RateLimit limit) {
    return new IngestPipeline(storage, EventLimits.DEFAULT, limit, () -> now, registry);
  }

  private EventBatch decode(IngestEventsRequest.Builder request) {
    return pipeline.decode(OriginalFormat.PROTOBUF, request.build().toByteArray());
  }

  private EventBatch submitted(IngestEventsRequest.Builder request) {
    pipeline.submit(decode(request), Caller.ANYONE).join();
    return storage.batches().getLast();
  }

  private static IngestEventsRequest.Builder request(Event... events) {
    return IngestEventsRequest.newBuilder().addAllEvents(List.of(events));
  }

  private static Event at(Instant time) {
    return Event.newBuilder().setType("t").setTime(timestamp(time)).build();
  }

  private static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  private static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
  }

  @Test
  void submit_stampsMissingTimesWithTheTimeOfReceipt() {
    EventBatch batch = submitted(request(EVENT));
    assertThat(batch.time(0)).isEqualTo(micros(NOW));
    assertThat(batch.receivedMicros()).isEqualTo(micros(NOW));
  }

  @Test
  void submit_correctsTimesByTheClientsClock() {
    Instant sentAt = NOW.plusSeconds(3_600);
    EventBatch batch =
        submitted(request(at(sentAt.minusSeconds(60)), EVENT).setSentAt(timestamp(sentAt)));
    assertThat(batch.time(0)).isEqualTo(micros(NOW.minusSeconds(60)));
    assertThat(batch.time(1)).isEqualTo(micros(NOW));
  }

  @Test
  void submit_rejectsTimesBeyondTheLimitAheadAfterTheCorrection() {
    Instant limit = NOW.plus(EventLimits.DEFAULT.ahead());
    EventBatch batch = submitted(request(at(limit), at(limit.plusNanos(1_000))));
    assertThat(batch.live(0)).isTrue();
    assertThat(batch.rejections()).hasSize(1);
    assertThat(batch.rejections().getFirst().reason()).isEqualTo(RejectReason.TIME_TOO_FAR_AHEAD);
    assertThat(batch.rejections().getFirst().field()).isEqualTo("time");
    EventBatch corrected =
        submitted(request(at(limit.plusSeconds(9))).setSentAt(timestamp(NOW.plusSeconds(10))));
    assertThat(corrected.rejections()).isEmpty();
  }

  @Test
  void submit_rejectsEventsWithoutTypeAndKeepsTheirBytes() {
    Event bad = Event.newBuilder().setEventId("e1").setUserId("u").build();
    EventBatch batch = submitted(request(EVENT, bad));
    assertThat(batch.rejections()).hasSize(1);
    assertThat(batch.rejections().getFirst().reason())
        .isEqualTo(RejectReason.REQUIRED_FIELD_MISSING);
    assertThat(batch.rejections().getFirst().eventId()).isEqualTo("e1");
    assertThat(batch.rejections().getFirst().original()).isEqualTo(bad.toByteArray());
  }

  @Test
  void submit_givesNumberedBatchesTheSameIdsAgain() {
    IngestEventsRequest.Builder request =
        request(EVENT, EVENT).setProducerId("p").setEpoch(1).setBatchNumber(1);
    EventBatch first = submitted(request);
    now = NOW.plusSeconds(100);
    EventBatch again = submitted(request);
    EventBatch otherEpoch = submitted(request.setEpoch(2));
    assertThat(id(again, 0)).isEqualTo(id(first, 0)).isNotEqualTo(id(first, 1));
    assertThat(id(otherEpoch, 0)).isNotEqualTo(id(first, 0));
    assertThat(UUID.fromString(id(first, 1)).version()).isEqualTo(8);
    assertThat(UUID.fromString(id(first, 1)).variant()).isEqualTo(2);
  }

  @Test
  void submit_givesOtherEventsRandomIdsThatHoldTheTime() {
    IngestEventsRequest.Builder request = request();
    for (int i = 0; i < 10_000; i++) {
      request.addEvents(EVENT);
    }
    EventBatch batch = submitted(request);
    Set<String> ids = new HashSet<>();
    for (int row = 0; row < batch.size(); row++) {
      String id = id(batch, row);
      UUID uuid = UUID.fromString(id);
      assertThat(uuid).hasToString(id);
      assertThat(uuid.version()).isEqualTo(7);
      assertThat(uuid.variant()).isEqualTo(2);
      assertThat(uuid.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
      ids.add(id);
    }
    assertThat(ids).hasSize(10_000);
  }

  private static @Nullable String id(EventBatch batch, int row) {
    return batch.textString(TextField.EVENT_ID, row);
  }

  @Test
  void submit_tellsVerdictsAndCounts() {
    Event twice = EVENT.toBuilder().setEventId("e").build();
    IngestResult result =
        pipeline
            .submit(decode(request(twice, Event.getDefaultInstance(), twice)), Caller.ANYONE)
            .join();
    assertThat(result.accepted()).isEqualTo(1);
    assertThat(result.duplicates()).isEqualTo(1);
    assertThat(result.filtered()).isZero();
    assertThat(List.of(result.verdict(0), result.verdict(1), result.verdict(2)))
        .containsExactly(
            IngestResult.Verdict.ACCEPTED,
            IngestResult.Verdict.REJECTED,
            IngestResult.Verdict.DUPLICATE);
    assertThat(registry.get("millrace.ingest.events").tag("verdict", "accepted").counter().count())
        .isEqualTo(1);
    assertThat(
            registry
                .get("millrace.ingest.rejected")
                .tag("reason", "REQUIRED_FIELD_MISSING")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void submit_ofNothingAnswersThePositionWithoutTheStore() {
    IngestResult result = pipeline.submit(decode(request()), Caller.ANYONE).join();
    assertThat(result.position()).isEqualTo(storage.position("default"));
    assertThat(storage.applied()).isZero();
    pipeline.submit(decode(request().setProducerId("p").setBatchNumber(1)), Caller.ANYONE).join();
    assertThat(storage.applied()).isEqualTo(1);
  }

  @Test
  void decode_takesSoManyEventsAndNoMore() {
    IngestEventsRequest.Builder request = request();
    for (int i = 0; i < EventLimits.DEFAULT.batchEvents(); i++) {
      request.addEvents(EVENT);
    }
    assertThat(decode(request).size()).isEqualTo(EventLimits.DEFAULT.batchEvents());
    request.addEvents(EVENT);
    assertInvalid("events", () -> decode(request));
  }

  @Test
  void prepare_refusesHeadersThatDoNotFitTogether() {
    assertRefused("batchNumber", request().setProducerId("p"));
    assertRefused("batchNumber", request().setProducerId("p").setBatchNumber(-1));
    assertRefused("producerId", request().setBatchNumber(1));
    assertRefused("producerId", request().setProducerId("p".repeat(129)).setBatchNumber(1));
    assertRefused("epoch", request().setProducerId("p").setBatchNumber(1).setEpoch(-1));
    assertRefused("project", request().setProject("No Spaces"));
    assertThat(
            pipeline
                .prepare(
                    decode(request().setProducerId("é".repeat(64)).setBatchNumber(1)),
                    Caller.ANYONE)
                .project())
        .isEqualTo("default");
  }

  private void assertRefused(String field, IngestEventsRequest.Builder request) {
    assertInvalid(field, () -> pipeline.prepare(decode(request), Caller.ANYONE));
  }

  private static void assertInvalid(
      String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ApiException.InvalidArgument.class,
            e -> assertThat(e.violations().getFirst().field()).isEqualTo(field));
  }

  @Test
  void prepare_refusesCallersWithoutPermission() {
    Caller reader = new Caller("reader", "", Set.of(Permission.READ));
    assertThatThrownBy(() -> pipeline.prepare(decode(request(EVENT)), reader))
        .isInstanceOf(ApiException.PermissionDenied.class);
  }

  @Test
  void submit_holdsEveryKeyToItsRateAndSaysWhenToComeBack() {
    IngestPipeline limited = pipeline(new RateLimit(10, 20));
    PreparedBatch twenty = prepared(limited, 20, "a");
    PreparedBatch five = prepared(limited, 5, "a");
    assertThat(limited.submit(twenty)).isCompleted();
    assertThatThrownBy(() -> limited.submit(five))
        .isInstanceOfSatisfying(
            ApiException.ResourceExhausted.class,
            e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(500)));
    assertThat(limited.submit(prepared(limited, 5, "b"))).isCompleted();
    now = now.plusMillis(500);
    assertThat(limited.submit(five)).isCompleted();
    assertThat(storage.applied()).isEqualTo(3);
  }

  @Test
  void submit_letsBatchesLargerThanTheBurstThroughOnceItIsFull() {
    IngestPipeline limited = pipeline(new RateLimit(10, 20));
    assertThat(limited.submit(prepared(limited, 500, "a"))).isCompleted();
    assertThatThrownBy(() -> limited.submit(prepared(limited, 500, "a")))
        .isInstanceOfSatisfying(
            ApiException.ResourceExhausted.class,
            e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(2)));
  }

  @Test
  void submit_ofABatchThatTheStoreRefusedCostsNoTokensAgain() {
    IngestPipeline limited = pipeline(new RateLimit(10, 20));
    PreparedBatch batch = prepared(limited, 20, "a");
    storage.overload(1, Duration.ofMillis(7));
    assertThatThrownBy(() -> limited.submit(batch))
        .isInstanceOf(dev.millrace.server.error.StorageException.Overloaded.class);
    assertThat(limited.submit(batch)).isCompleted();
  }

  private PreparedBatch prepared(IngestPipeline limited, int events, String key) {
    IngestEventsRequest.Builder request = request();
    for (int i = 0; i < events; i++) {
      request.addEvents(EVENT);
    }
    return limited.prepare(decode(request), new Caller(key, "", Set.of(Permission.WRITE)));
  }
}
