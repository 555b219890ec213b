package dev.millrace.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.access.Caller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.EventLimits;
import dev.millrace.v1.Event;
import dev.millrace.v1.IngestEventsRequest;
import dev.millrace.v1.PublishEventsResponse;
import dev.millrace.v1.StreamEventsResponse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BatchStreamTest {
  private static final StreamLimits LIMITS = new StreamLimits(4, 1_000);
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-15T10:30:00Z"));

  private final FakeStorage storage = new FakeStorage();
  private final ManualExecutor loop = new ManualExecutor();
  private final IngestPipeline pipeline =
      new IngestPipeline(storage, EventLimits.DEFAULT, null, CLOCK, new SimpleMeterRegistry());
  private final FakeResponses<PublishEventsResponse> acks = new FakeResponses<>();
  private final FakeResponses<StreamEventsResponse> totals = new FakeResponses<>();

  private int closings;

  private AckStream publish() {
    AckStream stream = new AckStream(pipeline, Caller.ANYONE, LIMITS, acks, loop);
    stream.start(() -> closings++);
    return stream;
  }

  private TotalsStream streamEvents() {
    TotalsStream stream = new TotalsStream(pipeline, Caller.ANYONE, LIMITS, totals, loop);
    stream.start(() -> closings++);
    return stream;
  }

  /** What the client wants to send goes out as far as the server asks for it. */
  private static int send(BatchStream<?> stream, FakeResponses<?> call, int first, int count) {
    int sent = 0;
    while (sent < count && call.takeRequest()) {
      stream.onNext(batch(first + sent));
      sent++;
    }
    return sent;
  }

  private static byte[] batch(int number) {
    return numbered(number).build().toByteArray();
  }

  private static IngestEventsRequest.Builder numbered(int number) {
    return IngestEventsRequest.newBuilder()
        .setProducerId("p")
        .setBatchNumber(number)
        .addEvents(Event.newBuilder().setType("t").setEventId("e" + number));
  }

  private void commitAll() {
    while (storage.waiting() > 0) {
      storage.commit();
      loop.run();
    }
  }

  @Test
  void publish_asksForNoMoreThanMayBeUnderWay() {
    storage.hold();
    AckStream stream = publish();
    assertThat(acks.autoRequest).isFalse();
    assertThat(send(stream, acks, 1, 100)).isEqualTo(LIMITS.batches());
    assertThat(storage.waiting()).isEqualTo(LIMITS.batches());
    storage.commit();
    loop.run();
    assertThat(acks.sent).hasSize(1);
    assertThat(send(stream, acks, 5, 100)).isEqualTo(1);
  }

  @Test
  void publish_asksForNoMoreThanTheBytesAllow() {
    storage.hold();
    AckStream stream = publish();
    assertThat(acks.takeRequest()).isTrue();
    stream.onNext(
        numbered(1)
            .setEvents(0, Event.newBuilder().setType("t").setSource("x".repeat(200)))
            .addEvents(Event.newBuilder().setType("t").setUserId("x".repeat(500)))
            .addEvents(Event.newBuilder().setType("t").setUserId("x".repeat(500)))
            .build()
            .toByteArray());
    // The one that had been asked for before.
    assertThat(send(stream, acks, 2, 100)).isEqualTo(1);
    commitAll();
    assertThat(acks.requested).isPositive();
  }

  @Test
  void publish_acknowledgesInOrderAlsoWhenTheStoreDoesNot() {
    storage.hold();
    AckStream stream = publish();
    for (int events = 1; events <= 3; events++) {
      IngestEventsRequest.Builder request = IngestEventsRequest.newBuilder();
      for (int i = 0; i < events; i++) {
        request.addEvents(Event.newBuilder().setType("t"));
      }
      stream.onNext(request.build().toByteArray());
    }
    storage.commitNewest();
    storage.commitNewest();
    loop.run();
    assertThat(acks.sent).isEmpty();
    commitAll();
    assertThat(acks.sent)
        .extracting(PublishEventsResponse::getAccepted)
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void publish_acknowledgesByNumber() {
    AckStream stream = publish();
    send(stream, acks, 1, 1);
    loop.run();
    send(stream, acks, 2, 1);
    loop.run();
    assertThat(acks.sent).extracting(PublishEventsResponse::getBatchNumber).containsExactly(1L, 2L);
  }

  @Test
  void publish_asksForNoMoreWhileAcknowledgementsAreNotRead() {
    AckStream stream = publish();
    acks.ready = false;
    int asked = acks.requested;
    assertThat(send(stream, acks, 1, 100)).isEqualTo(asked);
    loop.run();
    assertThat(acks.sent).hasSize(asked);
    assertThat(acks.requested).isZero();
    acks.becomeReady();
    assertThat(acks.requested).isPositive();
  }

  @Test
  void publish_waitsWhenTheStoreIsFullAndTriesAgainInOrder() {
    AckStream stream = publish();
    storage.overload(2, Duration.ofMillis(20));
    int sent = send(stream, acks, 1, 100);
    assertThat(sent).isLessThanOrEqualTo(2);
    assertThat(storage.applied()).isZero();
    loop.advance(Duration.ofMillis(19));
    assertThat(storage.applied()).isZero();
    loop.advance(Duration.ofMillis(1));
    assertThat(storage.overloadsLeft()).isZero();
    loop.advance(Duration.ofMillis(20));
    assertThat(storage.applied()).isEqualTo(sent);
    assertThat(acks.failure).isNull();
    assertThat(acks.sent).hasSize(sent);
    assertThat(acks.requested).isPositive();
  }

  @Test
  void publish_waitsForTheRateLimitRatherThanFail() {
    Instant[] now = {CLOCK.instant()};
    IngestPipeline limited =
        new IngestPipeline(
            storage,
            EventLimits.DEFAULT,
            new RateLimit(1, 1),
            () -> now[0],
            new SimpleMeterRegistry());
    AckStream stream = new AckStream(limited, Caller.ANYONE, LIMITS, acks, loop);
    stream.start(() -> closings++);
    assertThat(send(stream, acks, 1, 100)).isEqualTo(3);
    loop.run();
    assertThat(acks.sent).hasSize(1);
    assertThat(acks.requested).isZero();
    now[0] = now[0].plusSeconds(1);
    loop.advance(Duration.ofSeconds(1));
    assertThat(acks.sent).hasSize(2);
    assertThat(acks.failure).isNull();
  }

  @Test
  void publish_endsWithTheGapAfterAcknowledgingWhatCameBefore() {
    storage.hold();
    AckStream stream = publish();
    send(stream, acks, 1, 1);
    send(stream, acks, 3, 1);
    send(stream, acks, 4, 1);
    commitAll();
    assertThat(acks.sent).hasSize(1);
    assertThat(acks.failure)
        .isInstanceOfSatisfying(
            StorageException.BatchGap.class, e -> assertThat(e.expected()).isEqualTo(2));
  }

  @Test
  void publish_endsWithABrokenRequestAfterAcknowledgingWhatCameBefore() {
    storage.hold();
    AckStream stream = publish();
    send(stream, acks, 1, 1);
    assertThat(acks.takeRequest()).isTrue();
    stream.onNext(new byte[] {0x0a, 0x7f});
    assertThat(acks.failure).isNull();
    commitAll();
    assertThat(acks.sent).hasSize(1);
    assertThat(acks.failure).isInstanceOf(ApiException.InvalidArgument.class);
  }

  @Test
  void publish_refusesAnotherProject() {
    AckStream stream = publish();
    stream.onNext(numbered(1).setProject("a").build().toByteArray());
    stream.onNext(numbered(2).setProject("b").build().toByteArray());
    loop.run();
    assertThat(acks.sent).hasSize(1);
    assertThat(acks.failure).isInstanceOf(ApiException.InvalidArgument.class);
  }

  @Test
  void publish_completesAfterTheLastAcknowledgement() {
    storage.hold();
    AckStream stream = publish();
    send(stream, acks, 1, 2);
    stream.onCompleted();
    loop.run();
    assertThat(acks.completed).isFalse();
    commitAll();
    assertThat(acks.sent).hasSize(2);
    assertThat(acks.completed).isTrue();
  }

  @Test
  void publish_whenCancelledLetsTheStoreFinishAndStaysSilent() {
    storage.hold();
    AckStream stream = publish();
    send(stream, acks, 1, 2);
    storage.overload(1, Duration.ofMillis(5));
    send(stream, acks, 3, 1);
    acks.cancel();
    assertThat(loop.timers()).isZero();
    commitAll();
    loop.advance(Duration.ofSeconds(1));
    assertThat(storage.batches()).hasSize(2);
    assertThat(acks.sent).isEmpty();
    assertThat(acks.failure).isNull();
  }

  @Test
  void publish_whenDrainedAcknowledgesWhatItTookAndEnds() {
    storage.hold();
    AckStream stream = publish();
    send(stream, acks, 1, 2);
    stream.drain();
    loop.run();
    stream.onNext(batch(3));
    assertThat(acks.failure).isNull();
    commitAll();
    assertThat(acks.sent).hasSize(2);
    assertThat(acks.failure).isInstanceOf(ApiException.Unavailable.class);
    assertThat(storage.batches()).hasSize(2);
    assertThat(closings).isEqualTo(1);
  }

  @Test
  void publish_withoutPermissionFails() {
    Caller reader = new Caller("r", "", Set.of(Permission.READ));
    AckStream stream = new AckStream(pipeline, reader, LIMITS, acks, loop);
    stream.start(() -> closings++);
    send(stream, acks, 1, 1);
    assertThat(acks.failure).isInstanceOf(ApiException.PermissionDenied.class);
  }

  @Test
  void streamEvents_totalsTheStreamAndCountsIndexesFromItsStart() {
    TotalsStream stream = streamEvents();
    send(stream, totals, 1, 2);
    loop.run();
    stream.onNext(
        IngestEventsRequest.newBuilder()
            .addEvents(Event.newBuilder().setType("t").setEventId("e1"))
            .addEvents(Event.newBuilder().setEventId("bad"))
            .build()
            .toByteArray());
    stream.onCompleted();
    loop.run();
    assertThat(totals.completed).isTrue();
    StreamEventsResponse response = totals.sent.getFirst();
    assertThat(response.getAccepted()).isEqualTo(2);
    assertThat(response.getDuplicates()).isEqualTo(1);
    assertThat(response.getRejectedTotal()).isEqualTo(1);
    assertThat(response.getRejected(0).getIndex()).isEqualTo(3);
    assertThat(response.getRejected(0).getField()).isEqualTo("events[3].type");
    assertThat(response.getPosition()).isEqualTo(storage.position("default").token());
  }

  @Test
  void streamEvents_listsTheFirstThousandRejected() {
    TotalsStream stream = streamEvents();
    IngestEventsRequest.Builder bad = IngestEventsRequest.newBuilder();
    for (int i = 0; i < 700; i++) {
      bad.addEvents(Event.getDefaultInstance());
    }
    stream.onNext(bad.build().toByteArray());
    stream.onNext(bad.build().toByteArray());
    stream.onCompleted();
    loop.run();
    StreamEventsResponse response = totals.sent.getFirst();
    assertThat(response.getRejectedTotal()).isEqualTo(1_400);
    assertThat(response.getRejectedList()).hasSize(1_000);
    assertThat(response.getRejected(999).getIndex()).isEqualTo(999);
  }

  @Test
  void streamEvents_ofNothingAnswersThePosition() {
    TotalsStream stream = streamEvents();
    stream.onCompleted();
    assertThat(totals.completed).isTrue();
    assertThat(totals.sent.getFirst().getPosition()).isEqualTo(storage.position("default").token());
  }
}
