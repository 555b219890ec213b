package dev.millrace.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Value;
import dev.millrace.v1.Event;
import dev.millrace.v1.IngestServiceGrpc;
import dev.millrace.v1.LiveServiceGrpc;
import dev.millrace.v1.PublishEventsRequest;
import dev.millrace.v1.PublishEventsResponse;
import dev.millrace.v1.Row;
import dev.millrace.v1.Snapshot;
import dev.millrace.v1.SubscribeRequest;
import dev.millrace.v1.SubscribeResponse;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class DemoTest {
  /** Edits of the day up to its pivot. */
  private static final int PAST = 28_391;

  @TempDir Path data;

  private final Ingest ingest = new Ingest();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private Server server;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(ingest)
            .addService(new Live())
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  @Test
  void the_past_comes_at_once_and_the_rest_at_its_pace() throws Exception {
    Instant before = Instant.now();
    Demo demo = demo(100);
    CompletableFuture<Void> running = run(demo);
    await().atMost(Duration.ofSeconds(60)).until(() -> ingest.count() > PAST + 5);
    demo.stop();
    running.get(20, TimeUnit.SECONDS);

    List<Event> events = ingest.events();
    assertThat(events.subList(0, PAST))
        .allSatisfy(event -> assertThat(time(event)).isBefore(before.plusSeconds(60)));
    assertThat(time(events.get(0)))
        .isBetween(before.minus(Duration.ofHours(18)), before.minus(Duration.ofHours(17)));
    assertThat(time(events.get(PAST + 2))).isAfter(before);
    // Six hours at a hundredfold are minutes: all would have come only if none had waited.
    assertThat(events).hasSizeLessThan(39_000);
    assertThat(output.toString(StandardCharsets.UTF_8))
        .contains("100%", "curl -s http://127.0.0.1:", "top: Main Page (3)");
  }

  @Test
  void a_second_start_goes_on_and_sends_nothing_twice() throws Exception {
    int first = runUntil(PAST + 200);
    int second = runUntil(first + 200);

    assertThat(second).isGreaterThan(first);
    assertThat(ingest.events().stream().map(Event::getEventId).distinct().count())
        .isEqualTo(ingest.count());
    assertThat(output.toString(StandardCharsets.UTF_8)).contains("going on from there");
  }

  @Test
  void a_day_that_is_over_begins_again_with_new_events() throws Exception {
    runUntil(39_244 + 100);

    assertThat(ingest.events().stream().map(Event::getEventId).distinct().count())
        .isEqualTo(ingest.count());
  }

  @Test
  void a_demo_that_is_stopped_while_it_loads_goes_on_loading() throws Exception {
    int first = runUntil(1000);
    assertThat(first).isLessThan(PAST);
    runUntil(PAST + 10);

    assertThat(ingest.events().stream().map(Event::getEventId).distinct()).hasSizeGreaterThan(PAST);
  }

  @Test
  void a_state_that_cannot_be_read_is_named() throws IOException {
    Files.writeString(data.resolve("demo.properties"), "lap=x");

    assertThat(run(demo(1)))
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableThat()
        .withMessageContaining("demo.properties");
  }

  private int runUntil(int count) throws Exception {
    Demo demo = demo(1e6);
    CompletableFuture<Void> running = run(demo);
    await().atMost(Duration.ofSeconds(60)).until(() -> ingest.count() >= count);
    demo.stop();
    running.get(20, TimeUnit.SECONDS);
    return ingest.count();
  }

  private Demo demo(double speed) {
    return new Demo(
        new DemoOptions("127.0.0.1:" + server.getPort(), data, speed, false),
        new PrintStream(output, true, StandardCharsets.UTF_8),
        InstantSource.system());
  }

  private static CompletableFuture<Void> run(Demo demo) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                demo.run();
                done.complete(null);
              } catch (IOException | RuntimeException e) {
                done.completeExceptionally(e);
              }
            });
    return done;
  }

  private static Instant time(Event event) {
    return Instant.ofEpochSecond(event.getTime().getSeconds(), event.getTime().getNanos());
  }

  /** Keeps what it gets. */
  private static final class Ingest extends IngestServiceGrpc.IngestServiceImplBase {
    private final List<Event> events = new ArrayList<>();

    synchronized int count() {
      return events.size();
    }

    synchronized List<Event> events() {
      return List.copyOf(events);
    }

    private synchronized void add(PublishEventsRequest batch) {
      events.addAll(batch.getEventsList());
    }

    @Override
    public StreamObserver<PublishEventsRequest> publishEvents(
        StreamObserver<PublishEventsResponse> answers) {
      return new StreamObserver<>() {
        @Override
        public void onNext(PublishEventsRequest batch) {
          add(batch);
          answers.onNext(
              PublishEventsResponse.newBuilder()
                  .setBatchNumber(batch.getBatchNumber())
                  .setAccepted(batch.getEventsCount())
                  .build());
        }

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {
          answers.onCompleted();
        }
      };
    }
  }

  /** Answers every question alike. */
  private static final class Live extends LiveServiceGrpc.LiveServiceImplBase {
    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<SubscribeResponse> updates) {
      Row.Builder row = Row.newBuilder().putValues("n", 3);
      for (String field : request.getQuery().getGroupByList()) {
        row.putDimensions(field, Value.newBuilder().setStringValue("Main Page").build());
      }
      updates.onNext(
          SubscribeResponse.newBuilder().setSnapshot(Snapshot.newBuilder().addRows(row)).build());
    }
  }
}
