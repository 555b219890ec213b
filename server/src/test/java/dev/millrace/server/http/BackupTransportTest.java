package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.server.access.ApiKey;
import dev.millrace.server.access.Permission;
import dev.millrace.server.backup.Restoring;
import dev.millrace.v1.BackupRequest;
import dev.millrace.v1.BackupResponse;
import dev.millrace.v1.SystemServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same file over gRPC and over HTTP, for those who may do everything. */
class BackupTransportTest {
  private static final String ALL = "key-that-may-do-everything";
  private static final String READ = "key-that-may-only-read";
  private static final String BOUND = "key-bound-to-the-shop";

  @TempDir private Path directory;
  private TestPort port;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    port =
        new TestPort(
            new ApiKey("all", ApiKey.hash(ALL), "", Set.of(Permission.values())),
            new ApiKey("read", ApiKey.hash(READ), "", Set.of(Permission.READ)),
            new ApiKey("shop", ApiKey.hash(BOUND), "shop", Set.of(Permission.values())));
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port.port()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    port.close();
  }

  private SystemServiceGrpc.SystemServiceBlockingStub stub(String key) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
    return SystemServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private HttpResponse<Path> post(String key, Path to) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(port.uri("/v1/backup"))
            .header("authorization", "Bearer " + key)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    return port.client.send(request, HttpResponse.BodyHandlers.ofFile(to));
  }

  @Test
  void grpc_and_http_give_a_whole_file() throws Exception {
    Path overGrpc = directory.resolve("grpc");
    try (OutputStream out = Files.newOutputStream(overGrpc)) {
      Iterator<BackupResponse> pieces = stub(ALL).backup(BackupRequest.getDefaultInstance());
      while (pieces.hasNext()) {
        pieces.next().getData().writeTo(out);
      }
    }
    Path overHttp = directory.resolve("http");
    assertThat(post(ALL, overHttp).statusCode()).isEqualTo(200);

    for (Path file : new Path[] {overGrpc, overHttp}) {
      Path restored = directory.resolve("restored-" + file.getFileName());
      Restoring.restore(file, restored, (_, shards) -> assertThat(shards).isEqualTo(2));
      assertThat(restored.resolve("shard-0/log/data.mdb")).hasSize(4 << 20);
    }
    awaitNothingLeft();
  }

  @Test
  void key_that_may_not_do_everything_everywhere_is_refused() throws Exception {
    for (String key : new String[] {READ, BOUND}) {
      StatusRuntimeException failure =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> stub(key).backup(BackupRequest.getDefaultInstance()).hasNext());
      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(post(key, directory.resolve("refused")).statusCode()).isEqualTo(403);
    }
    assertThat(port.copies).doesNotExist();
  }

  @Test
  void client_that_goes_away_leaves_nothing() {
    ManagedChannel leaving =
        NettyChannelBuilder.forAddress("127.0.0.1", port.port()).usePlaintext().build();
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + ALL);
    Iterator<BackupResponse> pieces =
        SystemServiceGrpc.newBlockingStub(leaving)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
            .backup(BackupRequest.getDefaultInstance());
    assertThat(pieces.next().getData().size()).isPositive();
    leaving.shutdownNow();
    awaitNothingLeft();
  }

  private void awaitNothingLeft() {
    Awaitility.await().untilAsserted(() -> assertThat(port.copies).doesNotExist());
  }
}
