package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.client.FakeServer.Action;
import dev.millrace.v1.RejectedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ProducerTest {
  private final FakeServer server = FakeServer.start();
  private final Millrace millrace = Millrace.connect(server.address());
  private final Outcomes outcomes = new Outcomes();

  @AfterEach
  void stop() {
    server.close();
    try {
      millrace.close();
    } catch (ProducerException e) {
      // Tests that end with a producer that has failed have looked at it already.
    }
  }

  @Test
  void events_arrive_once_and_in_order() throws InterruptedException {
    try (Producer producer = fast().maxBatchEvents(7).build()) {
      send(producer, 0, 1000);
      producer.flush();

      assertThat(server.storedIds()).isEqualTo(ids(0, 1000));
      assertThat(producer.stats().accepted()).isEqualTo(1000);
      assertThat(producer.stats().bufferedBytes()).isZero();
    }
  }

  @Test
  void a_stream_that_breaks_at_random_loses_and_doubles_nothing() throws InterruptedException {
    Random random = new Random(7);
    server.mood(
        batch -> {
          int dice = random.nextInt(100);
          return dice < 6
              ? Action.STORE_AND_BREAK
              : dice < 12 ? Action.BREAK : dice < 15 ? Action.OVERLOADED : Action.ACKNOWLEDGE;
        });
    try (Producer producer = fast().maxBatchEvents(10).build()) {
      send(producer, 0, 3000);
      producer.flush();

      assertThat(server.storedIds()).isEqualTo(ids(0, 3000));
      assertThat(producer.stats().answered()).isEqualTo(3000);
      assertThat(producer.stats().retries()).isPositive();
    }
    assertThat(outcomes.numbers()).isEqualTo(numbers(outcomes.numbers().size()));
  }

  @Test
  void a_batch_whose_acknowledgement_was_lost_comes_back_as_duplicates()
      throws InterruptedException {
    AtomicInteger batches = new AtomicInteger();
    server.mood(
        batch -> batches.getAndIncrement() == 0 ? Action.STORE_AND_BREAK : Action.ACKNOWLEDGE);
    try (Producer producer = fast().build()) {
      send(producer, 0, 5);
      producer.flush();

      assertThat(producer.stats().duplicates()).isEqualTo(5);
      assertThat(server.storedIds()).isEqualTo(ids(0, 5));
    }
  }

  @Test
  void an_overloaded_server_is_given_the_time_it_asks_for() throws InterruptedException {
    server.retryAfter(Duration.ofMillis(400));
    AtomicInteger batches = new AtomicInteger();
    server.mood(batch -> batches.getAndIncrement() == 0 ? Action.OVERLOADED : Action.ACKNOWLEDGE);
    try (Producer producer = fast().build()) {
      long start = System.nanoTime();
      send(producer, 0, 1);
      producer.flush();

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(400));
      assertThat(server.storedIds()).isEqualTo(ids(0, 1));
    }
  }

  @Test
  void a_server_that_falls_silent_is_left_for_a_new_stream() throws InterruptedException {
    AtomicInteger batches = new AtomicInteger();
    server.mood(batch -> batches.getAndIncrement() == 3 ? Action.HANG : Action.ACKNOWLEDGE);
    try (Producer producer =
        fast().maxBatchEvents(1).acknowledgementTimeout(Duration.ofMillis(300)).build()) {
      send(producer, 0, 20);
      producer.flush();

      assertThat(server.storedIds()).isEqualTo(ids(0, 20));
      assertThat(server.streams()).isEqualTo(2);
    }
  }

  @Test
  void an_acknowledgement_out_of_turn_is_not_believed() throws InterruptedException {
    AtomicInteger batches = new AtomicInteger();
    server.mood(batch -> batches.getAndIncrement() == 2 ? Action.LIE : Action.ACKNOWLEDGE);
    try (Producer producer = fast().maxBatchEvents(1).build()) {
      send(producer, 0, 10);
      producer.flush();

      assertThat(server.storedIds()).isEqualTo(ids(0, 10));
    }
    assertThat(outcomes.numbers()).isEqualTo(numbers(10));
  }

  @Test
  void a_server_that_has_forgotten_what_it_acknowledged_ends_the_producer()
      throws InterruptedException {
    Producer producer = fast().maxBatchEvents(1).build();
    send(producer, 0, 5);
    producer.flush();
    server.forgetAfter(2);
    send(producer, 5, 6);

    assertThatThrownBy(producer::flush)
        .isInstanceOfSatisfying(
            ProducerException.class,
            e -> assertThat(e.reason()).isEqualTo(ProducerException.Reason.GAP));
  }

  @Test
  void a_later_incarnation_fences_the_producer_off() throws InterruptedException {
    server.fenceBelow(100);
    Producer producer = fast().epoch(99).build();
    send(producer, 0, 3);

    assertThatThrownBy(producer::flush)
        .isInstanceOfSatisfying(
            ProducerException.class,
            e -> assertThat(e.reason()).isEqualTo(ProducerException.Reason.FENCED));
    assertThatThrownBy(() -> send(producer, 3, 4)).isInstanceOf(ProducerException.class);
    await().until(() -> outcomes.failed.size() == 1);
    assertThat(outcomes.failed).containsExactly(1L);
    assertThat(server.numbersSeen()).containsExactly(1L);
  }

  @Test
  void a_full_buffer_declines_or_waits() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    server.mood(
        batch -> {
          awaitGate(gate);
          return Action.ACKNOWLEDGE;
        });
    int eventBytes = Batch.sizeOf(event(0));
    try (Producer producer =
        fast().maxBatchBytes(eventBytes).maxBufferedBytes(10L * eventBytes).build()) {
      int taken = 0;
      while (producer.trySend(event(taken))) {
        taken++;
      }
      assertThat(taken).isEqualTo(10);
      assertThat(producer.stats().bufferedBytes()).isEqualTo(10L * eventBytes);

      ExecutorService threads = Executors.newSingleThreadExecutor();
      Future<?> sender = threads.submit(() -> send(producer, 10, 200));
      assertThatThrownBy(() -> sender.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      assertThat(producer.stats().bufferedBytes()).isLessThanOrEqualTo(10L * eventBytes);

      gate.countDown();
      sender.get(30, TimeUnit.SECONDS);
      producer.flush();
      threads.shutdown();
      assertThat(server.storedIds()).isEqualTo(ids(0, 200));
    }
  }

  @Test
  void no_more_batches_than_allowed_are_on_their_way() throws InterruptedException {
    server.mood(batch -> Action.HANG);
    try (Producer producer =
        fast()
            .maxBatchEvents(1)
            .maxInFlight(3)
            .acknowledgementTimeout(Duration.ofMillis(500))
            .build()) {
      send(producer, 0, 10);
      await().until(() -> server.streams() > 1);
      assertThat(server.numbersSeen()).doesNotContain(4L).contains(3L);
      server.mood(batch -> Action.ACKNOWLEDGE);
      producer.flush();
      assertThat(server.storedIds()).isEqualTo(ids(0, 10));
    }
  }

  @Test
  void an_event_that_lingers_is_sent_without_a_flush() throws InterruptedException {
    try (Producer producer = fast().linger(Duration.ofMillis(20)).build()) {
      send(producer, 0, 1);
      await().until(() -> producer.stats().accepted() == 1);
    }
  }

  @Test
  void flush_gives_up_waiting_after_its_time() throws InterruptedException {
    CountDownLatch gate = new CountDownLatch(1);
    server.mood(
        batch -> {
          awaitGate(gate);
          return Action.ACKNOWLEDGE;
        });
    try (Producer producer = fast().build()) {
      send(producer, 0, 1);
      assertThat(producer.flush(Duration.ofMillis(50))).isFalse();
      gate.countDown();
      assertThat(producer.flush(Duration.ofSeconds(20))).isTrue();
    }
  }

  @Test
  void close_sends_what_is_left_and_takes_no_more() throws InterruptedException {
    Producer producer = fast().linger(Duration.ofHours(1)).build();
    send(producer, 0, 10);
    producer.close();
    producer.close();

    assertThat(server.storedIds()).isEqualTo(ids(0, 10));
    assertThatThrownBy(() -> send(producer, 10, 11))
        .isInstanceOfSatisfying(
            ProducerException.class,
            e -> assertThat(e.reason()).isEqualTo(ProducerException.Reason.CLOSED));
  }

  @Test
  void close_says_so_when_events_are_left() throws InterruptedException {
    server.mood(batch -> Action.BREAK);
    Producer producer = fast().build();
    send(producer, 0, 10);

    assertThatThrownBy(() -> producer.close(Duration.ofMillis(200)))
        .isInstanceOfSatisfying(
            ProducerException.class,
            e -> assertThat(e.reason()).isEqualTo(ProducerException.Reason.TIMED_OUT));
    await().until(() -> outcomes.failed.size() == 1);
  }

  @Test
  void rejected_events_are_reported_and_the_rest_is_stored() throws InterruptedException {
    try (Producer producer = fast().build()) {
      producer.send(event(0));
      producer.send(Event.builder("bad").eventId("broken").build());
      producer.send(event(1));
      producer.flush();
    }
    assertThat(server.storedIds()).isEqualTo(ids(0, 2));
    BatchOutcome outcome = outcomes.acknowledged.get(0);
    assertThat(outcome.accepted()).isEqualTo(2);
    assertThat(outcome.rejected()).extracting(RejectedEvent::getEventId).containsExactly("broken");
    assertThat(outcome.rejected()).extracting(RejectedEvent::getIndex).containsExactly(1);
  }

  @Test
  void a_listener_that_throws_does_no_harm() throws InterruptedException {
    try (Producer producer =
        millrace
            .producer()
            .listener(
                outcome -> {
                  throw new IllegalStateException("on purpose");
                })
            .build()) {
      send(producer, 0, 10);
      producer.flush();
      assertThat(producer.stats().accepted()).isEqualTo(10);
    }
  }

  @Test
  void many_threads_may_send() throws InterruptedException, ExecutionException {
    try (Producer producer = fast().maxBatchEvents(13).build()) {
      List<CompletableFuture<Void>> senders =
          IntStream.range(0, 4)
              .mapToObj(
                  t -> CompletableFuture.runAsync(() -> send(producer, t * 500, t * 500 + 500)))
              .toList();
      for (CompletableFuture<Void> sender : senders) {
        sender.get();
      }
      producer.flush();
      assertThat(server.storedIds()).containsExactlyInAnyOrderElementsOf(ids(0, 2000));
    }
  }

  @Test
  void an_event_larger_than_a_batch_is_refused() {
    try (Producer producer = fast().maxBatchBytes(100).build()) {
      Event large = Event.builder("t").property("text", "x".repeat(200)).build();
      assertThatThrownBy(() -> producer.send(large)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void a_server_that_comes_up_late_gets_everything() throws InterruptedException {
    String address = server.address();
    server.close();
    Producer producer = fast().maxBatchEvents(5).build();
    send(producer, 0, 50);
    await().until(() -> producer.stats().retries() > 1);
    try (FakeServer later = FakeServer.startAt(address)) {
      producer.flush();
      assertThat(later.storedIds()).isEqualTo(ids(0, 50));
      producer.close();
    }
  }

  @Test
  void an_upload_is_totalled() throws InterruptedException {
    assertThat(millrace.upload(IntStream.range(0, 2500).mapToObj(ProducerTest::event).iterator()))
        .satisfies(totals -> assertThat(totals.getAccepted()).isEqualTo(2500));
    assertThat(server.storedIds()).isEqualTo(ids(0, 2500));
  }

  private Producer.Builder fast() {
    return millrace
        .producer()
        .linger(Duration.ofMillis(1))
        .retryDelay(Duration.ofMillis(1), Duration.ofMillis(20))
        .listener(outcomes);
  }

  private static void send(Producer producer, int from, int to) {
    try {
      for (int i = from; i < to; i++) {
        producer.send(event(i));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Event event(int i) {
    return Event.builder("click").eventId("event-%06d".formatted(i)).userId("u" + i % 10).build();
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj("event-%06d"::formatted).toList();
  }

  private static List<Long> numbers(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> (long) i).toList();
  }

  private static void awaitGate(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Keeps what it hears. */
  private static final class Outcomes implements OutcomeListener {
    final List<BatchOutcome> acknowledged = Collections.synchronizedList(new ArrayList<>());
    final List<Long> failed = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void acknowledged(BatchOutcome outcome) {
      acknowledged.add(outcome);
    }

    @Override
    public void failed(long batchNumber, int events, ProducerException cause) {
      failed.add(batchNumber);
    }

    List<Long> numbers() {
      return acknowledged.stream().map(BatchOutcome::batchNumber).toList();
    }
  }
}
