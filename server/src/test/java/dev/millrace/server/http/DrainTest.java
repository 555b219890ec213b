package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.v1.IngestServiceGrpc;
import dev.millrace.v1.PublishEventsRequest;
import dev.millrace.v1.PublishEventsResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Stopping while requests are under way. */
class DrainTest {
  private static final Duration DRAIN = Duration.ofSeconds(20);

  @Test
  void stream_gets_the_acknowledgement_it_waits_for_and_is_told_to_go() throws Exception {
    TestPort port = new TestPort(DRAIN);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port.port()).usePlaintext().build();
    Recorder recorder = new Recorder();
    StreamObserver<PublishEventsRequest> requests =
        IngestServiceGrpc.newStub(channel).publishEvents(recorder);
    requests.onNext(PublishEventsRequest.newBuilder().setBatchNumber(1).build());
    await().until(() -> port.publishing.get() != null);

    long started = System.nanoTime();
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(port::close);
    await().until(() -> !isReady(port));
    assertThat(stopped).isNotDone();
    port.publishing.get().onNext(PublishEventsResponse.newBuilder().setBatchNumber(1).build());

    stopped.get(10, TimeUnit.SECONDS);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(DRAIN);
    assertThat(recorder.ended.get(5, TimeUnit.SECONDS).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(recorder.messages)
        .extracting(PublishEventsResponse::getBatchNumber)
        .containsExactly(1L);
    channel.shutdownNow();
  }

  private static boolean isReady(TestPort port) {
    try {
      return port.get("/readyz").statusCode() == 200;
    } catch (Exception e) {
      return false;
    }
  }

  @Test
  void idle_streams_do_not_hold_up_the_end() throws Exception {
    TestPort port = new TestPort(DRAIN);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port.port()).usePlaintext().build();
    BlockingQueue<HealthCheckResponse.ServingStatus> statuses = new LinkedBlockingQueue<>();
    HealthGrpc.newStub(channel)
        .watch(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckResponse response) {
                statuses.add(response.getStatus());
              }

              @Override
              public void onError(Throwable failure) {}

              @Override
              public void onCompleted() {}
            });
    assertThat(statuses.poll(5, TimeUnit.SECONDS))
        .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);

    CompletableFuture.runAsync(port::close).get(10, TimeUnit.SECONDS);

    assertThat(statuses.poll(5, TimeUnit.SECONDS))
        .isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
    channel.shutdownNow();
  }

  private static final class Recorder implements StreamObserver<PublishEventsResponse> {
    private final List<PublishEventsResponse> messages = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();

    @Override
    public void onNext(PublishEventsResponse message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      ended.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
      ended.complete(Status.OK);
    }
  }
}
