package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
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
  void open_reflection_is_told_to_go_after_its_answers() throws Exception {
    TestPort port = new TestPort(DRAIN);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port.port()).usePlaintext().build();
    Recorder recorder = new Recorder();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel).serverReflectionInfo(recorder);
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    await().until(() -> !recorder.messages.isEmpty());

    CompletableFuture.runAsync(port::close).get(10, TimeUnit.SECONDS);

    assertThat(recorder.ended.get(5, TimeUnit.SECONDS).getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
    channel.shutdownNow();
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

  private static final class Recorder implements StreamObserver<ServerReflectionResponse> {
    private final List<ServerReflectionResponse> messages = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();

    @Override
    public void onNext(ServerReflectionResponse message) {
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
