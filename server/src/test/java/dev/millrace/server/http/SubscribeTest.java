package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import com.google.rpc.RetryInfo;
import dev.millrace.server.log.Position;
import dev.millrace.v1.AnnounceRequest;
import dev.millrace.v1.Announcement;
import dev.millrace.v1.Event;
import dev.millrace.v1.LiveServiceGrpc;
import dev.millrace.v1.Query;
import dev.millrace.v1.Row;
import dev.millrace.v1.SubscribeRequest;
import dev.millrace.v1.SubscribeResponse;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions over gRPC. */
class SubscribeTest {
  private TestPort port;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    port = new TestPort();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port.port()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    port.close();
  }

  @Test
  void subscription_begins_with_a_snapshot_and_goes_on_with_what_changes() {
    port.storage.append(0, events(3));
    Iterator<SubscribeResponse> updates = subscribe(request());

    SubscribeResponse first = updates.next();
    assertThat(first.getSnapshot().getRowsList()).containsExactly(count(3));
    assertThat(first.getSnapshot().getReset()).isFalse();
    assertThat(Position.parse(first.getPosition())).isEqualTo(new Position(3, 0));
    assertThat(first.hasEvaluatedAt()).isTrue();

    port.storage.append(0, events(2));
    SubscribeResponse second = updates.next();
    assertThat(second.getDelta().getUpsertedList()).containsExactly(count(5));
    assertThat(Position.parse(second.getPosition())).isEqualTo(new Position(5, 0));
  }

  @Test
  void news_that_change_nothing_are_not_told() {
    Iterator<SubscribeResponse> updates = subscribe(request());
    updates.next();

    port.storage.append(1, events(1));
    port.storage.append(0, events(1));

    assertThat(updates.next().getDelta().getUpsertedList()).containsExactly(count(1));
  }

  @Test
  void equal_questions_share_one_evaluation() {
    subscribe(request()).next();
    subscribe(request().toBuilder().setMinInterval(Durations.fromMillis(60)).build()).next();
    subscribe(request().toBuilder().setMinInterval(Durations.fromMillis(70)).build()).next();

    // The first asks for the default of 100 ms, which the others' intervals are rounded up to.
    assertThat(port.subscriptions.queries()).isEqualTo(1);
    assertThat(port.subscriptions.subscribers()).isEqualTo(3);
  }

  @Test
  void resumed_subscription_gets_what_changed_since() {
    Iterator<SubscribeResponse> updates = subscribe(request());
    String had = updates.next().getPosition();
    port.storage.append(0, events(4));
    updates.next();

    SubscribeResponse resumed =
        subscribe(request().toBuilder().setResumePosition(had).build()).next();

    assertThat(resumed.getDelta().getUpsertedList()).containsExactly(count(4));
  }

  @Test
  void resumed_subscription_that_missed_nothing_gets_a_sign_of_life() {
    String had = subscribe(request()).next().getPosition();

    SubscribeResponse resumed =
        subscribe(request().toBuilder().setResumePosition(had).build()).next();

    assertThat(resumed.hasHeartbeat()).isTrue();
    assertThat(Position.parse(resumed.getPosition())).isEqualTo(Position.parse(had));
  }

  @Test
  void subscription_resumed_from_an_unknown_position_is_reset() {
    port.storage.append(0, events(1));
    String unknown = new Position(0, 0).token() + ".1234";

    SubscribeResponse resumed =
        subscribe(request().toBuilder().setResumePosition(unknown).build()).next();

    assertThat(resumed.getSnapshot().getReset()).isTrue();
    assertThat(resumed.getSnapshot().getRowsList()).containsExactly(count(1));
  }

  @Test
  void quiet_subscription_sends_signs_of_life() {
    Iterator<SubscribeResponse> updates =
        subscribe(request().toBuilder().setHeartbeatInterval(Durations.fromSeconds(1)).build());
    updates.next();
    port.storage.append(1, events(1));

    SubscribeResponse heartbeat = updates.next();
    assertThat(heartbeat.hasHeartbeat()).isTrue();
    assertThat(Position.parse(heartbeat.getPosition())).isEqualTo(new Position(0, 1));
  }

  @Test
  void cancelled_subscription_gives_its_place_back() {
    Context.CancellableContext context = Context.current().withCancellation();
    Context previous = context.attach();
    try {
      subscribe(request()).next();
    } finally {
      context.detach(previous);
    }
    assertThat(port.subscriptions.subscribers()).isEqualTo(1);

    context.cancel(null);

    await().until(() -> port.subscriptions.subscribers() == 0);
  }

  @Test
  void streams_and_questions_beyond_the_limits_are_refused() {
    for (int i = 0; i < 3; i++) {
      SubscribeRequest.Builder other = request().toBuilder();
      other.getQueryBuilder().setLimit(i + 1);
      subscribe(other.build()).next();
    }
    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, () -> subscribe(request()).next());

    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refused.getStatus().getDescription()).contains("live.maxStreamsPerKey");
  }

  @Test
  void wrong_request_is_refused() {
    for (SubscribeRequest wrong :
        List.of(
            SubscribeRequest.getDefaultInstance(),
            request().toBuilder().setChannel("metrics").build(),
            SubscribeRequest.newBuilder().setChannel("weather").build(),
            request().toBuilder().setResumePosition("nonsense").build(),
            request().toBuilder().setMinInterval(Durations.fromMillis(9)).build(),
            request().toBuilder().setHeartbeatInterval(Durations.fromMillis(9)).build())) {
      StatusRuntimeException refused =
          catchThrowableOfType(StatusRuntimeException.class, () -> subscribe(wrong).next());
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
    assertThat(port.subscriptions.subscribers()).isZero();
  }

  @Test
  void question_that_costs_too_much_ends_its_subscriptions_and_no_others() {
    Iterator<SubscribeResponse> good = subscribe(request());
    good.next();
    SubscribeRequest.Builder bad = request().toBuilder();
    bad.getQueryBuilder().setWhere("limit");

    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> subscribe(bad.build()).next());

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    await().until(() -> port.subscriptions.queries() == 1);
    port.storage.append(0, events(1));
    assertThat(good.next().hasDelta()).isTrue();
  }

  @Test
  void statistics_are_a_channel() {
    SubscribeResponse first =
        subscribe(SubscribeRequest.newBuilder().setChannel("metrics").build()).next();

    assertThat(first.getSnapshot().getRowsList()).containsExactly(count(0));
  }

  @Test
  void announcement_reaches_everyone_once() {
    Iterator<SubscribeResponse> one = subscribe(request());
    Iterator<SubscribeResponse> two = subscribe(request());
    one.next();
    two.next();

    long receivers =
        LiveServiceGrpc.newBlockingStub(channel)
            .announce(
                AnnounceRequest.newBuilder()
                    .setAnnouncement(Announcement.newBuilder().setMessage("Back at noon"))
                    .build())
            .getReceivers();

    assertThat(receivers).isEqualTo(2);
    for (Iterator<SubscribeResponse> updates : List.of(one, two)) {
      Announcement announcement = updates.next().getAnnouncement();
      assertThat(announcement.getMessage()).isEqualTo("Back at noon");
      assertThat(announcement.getLevel()).isEqualTo(Announcement.Level.INFO);
      assertThat(announcement.hasCreateTime()).isTrue();
    }
  }

  @Test
  void stopping_server_tells_its_subscribers_to_come_back() {
    Iterator<SubscribeResponse> updates = subscribe(request());
    updates.next();

    port.subscriptions.drain();

    StatusRuntimeException end = catchThrowableOfType(StatusRuntimeException.class, updates::next);
    assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(StatusProto.fromThrowable(end).getDetailsList())
        .anyMatch(detail -> detail.is(RetryInfo.class));
    assertThat(
            catchThrowableOfType(StatusRuntimeException.class, () -> subscribe(request()).next())
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  private Iterator<SubscribeResponse> subscribe(SubscribeRequest request) {
    return LiveServiceGrpc.newBlockingStub(channel).subscribe(request);
  }

  private static SubscribeRequest request() {
    return SubscribeRequest.newBuilder().setQuery(Query.newBuilder().setLimit(100)).build();
  }

  private static Row count(double n) {
    return Row.newBuilder().putValues("n", n).build();
  }

  private static List<Event> events(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Event.newBuilder().setType("t").build())
        .toList();
  }
}
