package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.log.Position;
import dev.millrace.v1.Event;
import dev.millrace.v1.LiveServiceGrpc;
import dev.millrace.v1.TailEventsRequest;
import dev.millrace.v1.TailEventsResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of events over gRPC and as server-sent events. */
class LiveTest {
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
  void tail_begins_with_where_it_stands_and_sends_what_comes() {
    port.storage.append(0, events("old", 3));
    Iterator<TailEventsResponse> tail = tail(TailEventsRequest.getDefaultInstance());

    TailEventsResponse first = tail.next();
    assertThat(first.getEventsList()).isEmpty();
    assertThat(first.getPosition()).isEqualTo(new Position(3, 0).token());

    port.storage.append(1, events("new", 2));
    TailEventsResponse second = tail.next();
    assertThat(second.getEventsList()).extracting(Event::getType).containsExactly("new", "new");
    assertThat(second.getPosition()).isEqualTo(new Position(3, 2).token());
  }

  @Test
  void tail_resumes_after_a_position_without_loss_or_repetition() {
    String position = port.storage.append(0, events("a", 3)).token();
    port.storage.append(0, events("b", 700));
    port.storage.append(1, events("c", 400));

    Iterator<TailEventsResponse> tail =
        tail(TailEventsRequest.newBuilder().setResumePosition(position).build());

    List<Event> received = new ArrayList<>();
    while (received.size() < 1_100) {
      received.addAll(tail.next().getEventsList());
    }
    assertThat(
            received.stream().filter(event -> event.getType().equals("b")).map(Event::getSequence))
        .containsExactlyElementsOf(IntStream.range(3, 703).mapToObj(i -> (long) i).toList());
    assertThat(received.stream().filter(event -> event.getType().equals("c"))).hasSize(400);
  }

  @Test
  void tail_sends_only_what_meets_the_condition() {
    Iterator<TailEventsResponse> tail =
        tail(TailEventsRequest.newBuilder().setWhere("type == 'b'").build());
    tail.next();

    port.storage.append(0, events("a", 5));
    port.storage.append(0, events("b", 1));

    TailEventsResponse message = tail.next();
    assertThat(message.getEventsList()).extracting(Event::getSequence).containsExactly(5L);
  }

  @Test
  void quiet_tail_sends_signs_of_life_that_move_the_position() {
    Iterator<TailEventsResponse> tail =
        tail(
            TailEventsRequest.newBuilder()
                .setWhere("type == 'b'")
                .setHeartbeatInterval(com.google.protobuf.util.Durations.fromSeconds(1))
                .build());
    tail.next();
    port.storage.append(0, events("a", 5));

    TailEventsResponse heartbeat = tail.next();
    assertThat(heartbeat.getEventsList()).isEmpty();
    assertThat(heartbeat.getPosition()).isEqualTo(new Position(5, 0).token());
  }

  @Test
  void slow_reader_falls_behind_and_nothing_is_queued_for_it() throws Exception {
    AtomicInteger received = new AtomicInteger();
    AtomicReference<ClientCallStreamObserver<TailEventsRequest>> stream = new AtomicReference<>();
    CountDownLatch begun = new CountDownLatch(1);
    LiveServiceGrpc.newStub(channel)
        .tailEvents(
            TailEventsRequest.getDefaultInstance(),
            new ClientResponseObserver<TailEventsRequest, TailEventsResponse>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<TailEventsRequest> call) {
                call.disableAutoRequestWithInitial(1);
                stream.set(call);
              }

              @Override
              public void onNext(TailEventsResponse message) {
                received.addAndGet(message.getEventsCount());
                begun.countDown();
              }

              @Override
              public void onError(Throwable failure) {}

              @Override
              public void onCompleted() {}
            });
    assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();

    // Nothing that a transport could make smaller.
    String filler =
        new java.util.Random(7)
            .ints(60_000, ' ', '~')
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    int total = 3_000;
    for (int i = 0; i < total / 10; i++) {
      port.storage.append(
          0,
          IntStream.range(0, 10)
              .mapToObj(n -> Event.newBuilder().setType("big").setSource(filler).build())
              .toList());
    }
    // It stops sending once the client's windows are full, long before the 180 MB there are.
    await().until(() -> !moves(port));
    assertThat(port.tails.messagesSent()).isLessThan(20);
    assertThat(port.storage.openSnapshots).hasValue(0);

    stream.get().request(Integer.MAX_VALUE);
    await().atMost(java.time.Duration.ofSeconds(30)).until(() -> received.get() == total);
  }

  private static boolean moves(TestPort port) {
    long before = port.tails.messagesSent();
    try {
      await().pollDelay(300, TimeUnit.MILLISECONDS).until(() -> true);
      return port.tails.messagesSent() != before;
    } catch (RuntimeException e) {
      return true;
    }
  }

  @Test
  void cancelled_tail_lets_go_of_the_store() {
    io.grpc.Context.CancellableContext context = io.grpc.Context.current().withCancellation();
    Iterator<TailEventsResponse> tail;
    io.grpc.Context previous = context.attach();
    try {
      tail = tail(TailEventsRequest.getDefaultInstance());
    } finally {
      context.detach(previous);
    }
    tail.next();
    assertThat(port.tails.count()).isEqualTo(1);

    context.cancel(null);

    await().untilAsserted(() -> assertThat(port.tails.count()).isZero());
    assertThat(port.storage.listeners()).isZero();
  }

  @Test
  void tails_beyond_the_limit_are_refused() {
    for (int i = 0; i < 3; i++) {
      tail(TailEventsRequest.getDefaultInstance()).next();
    }

    assertThat(failure(TailEventsRequest.getDefaultInstance()).getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void wrong_request_is_refused() {
    for (TailEventsRequest wrong :
        List.of(
            TailEventsRequest.newBuilder().setWhere("nonsense").build(),
            TailEventsRequest.newBuilder().setResumePosition("nonsense").build(),
            TailEventsRequest.newBuilder().setResumePosition(new Position(0).token()).build(),
            TailEventsRequest.newBuilder().setResumePosition(new Position(0, 9).token()).build(),
            TailEventsRequest.newBuilder().setProject("NOT A NAME").build(),
            TailEventsRequest.newBuilder()
                .setHeartbeatInterval(com.google.protobuf.util.Durations.fromMillis(10))
                .build())) {
      assertThat(failure(wrong).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
    assertThat(port.tails.count()).isZero();
  }

  @Test
  void server_sent_events_carry_json_and_positions() throws Exception {
    try (Lines lines = sse("/v1/live/events?where=type%20%3D%3D%20%27b%27", null)) {
      assertThat(lines.next()).isEqualTo(": heartbeat");
      assertThat(lines.next()).isEqualTo("id: " + new Position(0, 0).token());
      assertThat(lines.next()).isEmpty();

      port.storage.append(0, events("a", 1));
      String position = port.storage.append(0, events("b", 1)).token();

      assertThat(lines.next()).isEqualTo("id: " + position);
      assertThat(lines.next())
          .isEqualTo(
              "data: {\"events\":[{\"type\":\"b\",\"sequence\":\"1\"}],\"position\":\"%s\"}"
                  .formatted(position));
    }
  }

  @Test
  void reader_that_goes_away_ends_its_stream() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
      socket
          .getOutputStream()
          .write(
              "GET /v1/live/events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(new Scanner(socket.getInputStream(), StandardCharsets.UTF_8).nextLine())
          .isEqualTo("HTTP/1.1 200 OK");
      await().untilAsserted(() -> assertThat(port.tails.count()).isEqualTo(1));
    }
    await().untilAsserted(() -> assertThat(port.tails.count()).isZero());
  }

  @Test
  void server_sent_events_resume_by_the_last_id() throws Exception {
    String position = port.storage.append(0, events("a", 2)).token();
    port.storage.append(0, events("b", 1));

    try (Lines lines = sse("/v1/live/events", position)) {
      assertThat(lines.next()).startsWith("id: ");
      assertThat(lines.next())
          .contains("\"type\":\"b\"", "\"sequence\":\"2\"")
          .doesNotContain("\"a\"");
    }
  }

  @Test
  void server_sent_events_end_cleanly_when_the_server_stops() throws Exception {
    try (Lines lines = sse("/v1/live/events", null)) {
      lines.next();
      lines.next();
      lines.next();

      port.tails.drain();

      assertThat(lines.next()).isEqualTo("retry: 1000");
      assertThat(lines.next()).isEqualTo(": the server is stopping");
      assertThat(lines.next()).isEmpty();
      assertThat(lines.hasNext()).isFalse();
    }
  }

  @Test
  void tail_is_told_that_the_server_stops() {
    Iterator<TailEventsResponse> tail = tail(TailEventsRequest.getDefaultInstance());
    tail.next();

    port.tails.drain();

    StatusRuntimeException end = catchThrowableOfType(StatusRuntimeException.class, tail::next);
    assertThat(end.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(failure(TailEventsRequest.getDefaultInstance()).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  private Iterator<TailEventsResponse> tail(TailEventsRequest request) {
    return LiveServiceGrpc.newBlockingStub(channel).tailEvents(request);
  }

  private Status failure(TailEventsRequest request) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> tail(request).next())
        .getStatus();
  }

  private static List<Event> events(String type, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Event.newBuilder().setType(type).build())
        .toList();
  }

  private Lines sse(String path, String lastEventId) throws Exception {
    var request = port.request(path).header("accept", "text/event-stream");
    if (lastEventId != null) {
      request.header("last-event-id", lastEventId);
    }
    HttpResponse<InputStream> response =
        port.client.send(request.GET().build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/event-stream");
    return new Lines(response.body());
  }

  private record Lines(InputStream in, Scanner scanner) implements AutoCloseable {
    Lines(InputStream in) {
      this(in, new Scanner(in, StandardCharsets.UTF_8));
    }

    String next() {
      return scanner.nextLine();
    }

    boolean hasNext() {
      return scanner.hasNextLine();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
