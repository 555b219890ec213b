package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What gRPC tools rely on. */
class GrpcTest {
  private static TestPort port;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws IOException {
    port = new TestPort();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port.port()).usePlaintext().build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    port.close();
  }

  @Test
  void health_knows_the_server_and_its_services() {
    for (String service :
        new String[] {"", "millrace.v1.QueryService", "millrace.v1.IngestService"}) {
      assertThat(
              HealthGrpc.newBlockingStub(channel)
                  .check(HealthCheckRequest.newBuilder().setService(service).build())
                  .getStatus())
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void reflection_lists_the_services() throws Exception {
    ServerReflectionResponse answer =
        reflect(ServerReflectionRequest.newBuilder().setListServices("").build());

    assertThat(answer.getListServicesResponse().getServiceList())
        .extracting(ServiceResponse::getName)
        .contains(
            "millrace.v1.QueryService",
            "millrace.v1.IngestService",
            "millrace.v1.LiveService",
            "millrace.v1.SystemService",
            "grpc.health.v1.Health");
  }

  @Test
  void reflection_gives_the_contract() throws Exception {
    ServerReflectionResponse answer =
        reflect(
            ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("millrace.v1.QueryService")
                .build());

    assertThat(answer.getFileDescriptorResponse().getFileDescriptorProtoCount()).isPositive();
  }

  @Test
  void older_reflection_answers_too() throws Exception {
    CompletableFuture<Integer> count = new CompletableFuture<>();
    io.grpc.reflection.v1alpha.ServerReflectionGrpc.newStub(channel)
        .serverReflectionInfo(
            new StreamObserver<>() {
              @Override
              public void onNext(io.grpc.reflection.v1alpha.ServerReflectionResponse answer) {
                count.complete(answer.getListServicesResponse().getServiceCount());
              }

              @Override
              public void onError(Throwable failure) {
                count.completeExceptionally(failure);
              }

              @Override
              public void onCompleted() {}
            })
        .onNext(
            io.grpc.reflection.v1alpha.ServerReflectionRequest.newBuilder()
                .setListServices("")
                .build());

    assertThat(count.get(5, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(5);
  }

  private static ServerReflectionResponse reflect(ServerReflectionRequest request)
      throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(request);
    return answer.get(5, TimeUnit.SECONDS);
  }
}
