package dev.millrace.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.access.Caller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.TextField;
import dev.millrace.server.storage.StoredRejection;
import dev.millrace.v1.Event;
import dev.millrace.v1.ListRejectedEventsRequest;
import dev.millrace.v1.ListRejectedEventsResponse;
import dev.millrace.v1.ReplayItem;
import dev.millrace.v1.ReplayRejectedEventsRequest;
import dev.millrace.v1.ReplayRejectedEventsResponse;
import dev.millrace.v1.StoredRejectedEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class RejectedEventsTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-15T10:30:00Z"));

  private final FakeStorage storage = new FakeStorage();
  private final IngestPipeline pipeline =
      new IngestPipeline(storage, EventLimits.DEFAULT, null, CLOCK, new SimpleMeterRegistry());
  private final RejectedEvents events = new RejectedEvents(storage, pipeline, Runnable::run);

  private void keep(String id, OriginalFormat format, byte[] original) {
    storage.keep(
        new StoredRejection(
            id, RejectReason.MALFORMED, "time", "why", 1_500_000, original, format, false));
  }

  private void keep(String id, OriginalFormat format, String original) {
    keep(id, format, original.getBytes(StandardCharsets.UTF_8));
  }

  private ReplayRejectedEventsResponse replay(ReplayItem... items) {
    return events
        .replay(
            ReplayRejectedEventsRequest.newBuilder().addAllItems(List.of(items)).build(),
            Caller.ANYONE)
        .join();
  }

  private static ReplayItem item(String id) {
    return ReplayItem.newBuilder().setId(id).build();
  }

  private ListRejectedEventsResponse list(ListRejectedEventsRequest.Builder request) {
    return events.list(request.build(), Caller.ANYONE).join();
  }

  @Test
  void list_pagesLatestFirst() {
    for (int i = 0; i < 5; i++) {
      keep("r" + i, OriginalFormat.JSON, "{}");
    }
    List<String> ids = new ArrayList<>();
    ListRejectedEventsRequest.Builder request = ListRejectedEventsRequest.newBuilder().setPageSize(2);
    String token = "";
    do {
      ListRejectedEventsResponse page = list(request.setPageToken(token));
      page.getRejectedEventsList().forEach(event -> ids.add(event.getId()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(ids).containsExactly("r4", "r3", "r2", "r1", "r0");
  }

  @Test
  void list_showsWhatWasSentAndWhy() {
    keep("r1", OriginalFormat.COLLECT_JSON, "{\"x\":1}");
    StoredRejectedEvent event =
        list(ListRejectedEventsRequest.newBuilder()).getRejectedEvents(0);
    assertThat(event.getFormat()).isEqualTo(StoredRejectedEvent.Format.COLLECT_JSON);
    assertThat(event.getOriginal().toStringUtf8()).isEqualTo("{\"x\":1}");
    assertThat(event.getField()).isEqualTo("time");
    assertThat(event.getMessage()).isEqualTo("why");
    assertThat(event.getReceivedTime().getSeconds()).isEqualTo(1);
    assertThat(event.getReceivedTime().getNanos()).isEqualTo(500_000_000);
  }

  @Test
  void list_endsAPageBeforeItGrowsTooLarge() {
    for (int i = 10; i < 40; i++) {
      keep("r" + i, OriginalFormat.JSON, "x".repeat(64 * 1024));
    }
    ListRejectedEventsResponse page = list(ListRejectedEventsRequest.newBuilder());
    assertThat(page.getRejectedEventsCount()).isEqualTo(16);
    assertThat(page.getNextPageToken()).isNotEmpty();
  }

  @Test
  void list_refusesTokensAndSizesThatAreNone() {
    for (String token : List.of("x", "\ufffd", "cjE", "AAAA")) {
      assertInvalid(
          "pageToken", () -> list(ListRejectedEventsRequest.newBuilder().setPageToken(token)));
    }
    assertInvalid("pageSize", () -> list(ListRejectedEventsRequest.newBuilder().setPageSize(-1)));
  }

  private static void assertInvalid(
      String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ApiException.InvalidArgument.class,
            e -> assertThat(e.violations().getFirst().field()).isEqualTo(field));
  }

  @Test
  void replay_readsEveryFormatAndLetsGoOfWhatWasStored() {
    keep("r1", OriginalFormat.PROTOBUF, Event.newBuilder().setType("a").build().toByteArray());
    keep("r2", OriginalFormat.JSON, "{\"type\":\"b\"}");
    keep("r3", OriginalFormat.COLLECT_JSON, "{\"event\":\"c\"}");
    ReplayRejectedEventsResponse response = replay(item("r1"), item("r2"), item("r3"));
    assertThat(response.getAccepted()).isEqualTo(3);
    assertThat(response.getPosition()).isEqualTo(storage.position("default").token());
    assertThat(storage.batches())
        .extracting(batch -> batch.textString(TextField.TYPE, 0))
        .containsExactly("a", "b", "c");
    assertThat(list(ListRejectedEventsRequest.newBuilder()).getRejectedEventsList()).isEmpty();
    assertThat(replay(item("r1")).getMissingIdsList()).containsExactly("r1");
  }

  @Test
  void replay_ofTheSameRejectedEventTwiceMakesADuplicate() {
    keep("r1", OriginalFormat.JSON, "{\"type\":\"b\"}");
    assertThat(replay(item("r1")).getAccepted()).isEqualTo(1);
    keep("r1", OriginalFormat.JSON, "{\"type\":\"b\"}");
    ReplayRejectedEventsResponse again = replay(item("r1"));
    assertThat(again.getAccepted()).isZero();
    assertThat(again.getDuplicates()).isEqualTo(1);
    assertThat(list(ListRejectedEventsRequest.newBuilder()).getRejectedEventsList()).isEmpty();
  }

  @Test
  void replay_takesTheCorrectedEventInstead() {
    keep("r1", OriginalFormat.JSON, "{}");
    ReplayRejectedEventsResponse response =
        replay(
            ReplayItem.newBuilder()
                .setId("r1")
                .setCorrected(Event.newBuilder().setType("fixed").setEventId("mine"))
                .build());
    assertThat(response.getAccepted()).isEqualTo(1);
    assertThat(storage.batches().getFirst().textString(TextField.EVENT_ID, 0)).isEqualTo("mine");
  }

  @Test
  void replay_ofWhatIsStillBrokenKeepsItOnce() {
    keep("r1", OriginalFormat.JSON, "{\"type\":\"ok\"}");
    keep("r2", OriginalFormat.JSON, "{\"usrId\":1}");
    keep("r3", OriginalFormat.COLLECT_JSON, "{");
    keep("r4", OriginalFormat.COLLECT_JSON, "[{\"type\":\"a\"},{\"type\":\"b\"}]");
    ReplayRejectedEventsResponse response =
        replay(item("r1"), item("r2"), item("r3"), item("r4"));
    assertThat(response.getAccepted()).isEqualTo(1);
    assertThat(response.getRejectedList())
        .extracting(rejected -> rejected.getField())
        .containsExactly("items[1].usrId", "items[2]", "items[3]");
    assertThat(list(ListRejectedEventsRequest.newBuilder()).getRejectedEventsList()).hasSize(3);
  }

  @Test
  void replay_needsPermissionToWriteAndListToRead() {
    Caller writer = new Caller("w", "", Set.of(Permission.WRITE));
    Caller reader = new Caller("r", "", Set.of(Permission.READ));
    assertThatThrownBy(
            () -> events.list(ListRejectedEventsRequest.getDefaultInstance(), writer).join())
        .hasCauseInstanceOf(ApiException.PermissionDenied.class);
    assertThatThrownBy(
            () ->
                events
                    .replay(
                        ReplayRejectedEventsRequest.newBuilder().addItems(item("r1")).build(),
                        reader)
                    .join())
        .hasCauseInstanceOf(ApiException.PermissionDenied.class);
  }

  @Test
  void replay_refusesNothingAndTooMuch() {
    assertInvalid("items", this::replay);
    ReplayRejectedEventsRequest.Builder many = ReplayRejectedEventsRequest.newBuilder();
    for (int i = 0; i <= 1_000; i++) {
      many.addItems(item("r" + i));
    }
    assertInvalid("items", () -> events.replay(many.build(), Caller.ANYONE).join());
    assertInvalid("items[0].id", () -> replay(item("")));
  }
}
