package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import dev.millrace.server.app.Mirror;
import dev.millrace.v1.Bucket;
import dev.millrace.v1.Event;
import dev.millrace.v1.IngestEventsRequest;
import dev.millrace.v1.IngestServiceGrpc;
import dev.millrace.v1.LiveServiceGrpc;
import dev.millrace.v1.Measure;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryServiceGrpc;
import dev.millrace.v1.Row;
import dev.millrace.v1.SubscribeRequest;
import dev.millrace.v1.SubscribeResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Readers whose connections break again and again end with what a fresh query answers. */
@Timeout(300)
class LiveResumeIT {
  private static final int CUTS = 100;
  private static final Query QUERY =
      Query.newBuilder()
          .addMeasures(Measure.newBuilder().setName("n").setAggregation(Measure.Aggregation.COUNT))
          .addMeasures(
              Measure.newBuilder()
                  .setName("sum")
                  .setAggregation(Measure.Aggregation.SUM)
                  .setField("value"))
          .addGroupBy("type")
          .setBucket(Bucket.newBuilder().setEvery("1s").setSkipEmpty(true))
          .build();

  @TempDir Path data;

  /** Reads one connection to its end, however it ends. */
  @FunctionalInterface
  private interface Connection {
    void read(int port, Mirror mirror) throws IOException;
  }

  @Test
  void grpc_endsWithWhatAQueryAnswers() throws Exception {
    resumes(LiveResumeIT::grpc);
  }

  @Test
  void serverSentEvents_endWithWhatAQueryAnswers() throws Exception {
    resumes(LiveResumeIT::serverSentEvents);
  }

  private void resumes(Connection connection) throws Exception {
    try (ServerProcess server = ServerProcess.start(data);
        CuttingProxy proxy = new CuttingProxy(server.port(), 7)) {
      ManagedChannel channel = server.channel();
      Mirror mirror = new Mirror();
      Thread reader =
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                      try {
                        connection.read(proxy.port(), mirror);
                      } catch (IOException | RuntimeException broken) {
                        // It is to break; the loop comes back with what it knows.
                      }
                    }
                  });
      long event = 0;
      while (proxy.cuts() < CUTS) {
        ingest(channel, event++);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
      }
      proxy.behave();
      ingest(channel, event);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                Mirror.Known known = mirror.known();
                assertThat(known).isNotNull();
                assertThat(known.rows()).isEqualTo(fresh(channel));
              });
      // Most of the time what changed was enough, or nothing was shown about resuming.
      assertThat(mirror.deltas()).isGreaterThan(CUTS);
      assertThat(mirror.resets()).isLessThan(CUTS / 10);
      reader.interrupt();
      channel.shutdownNow();
    }
  }

  private static void ingest(ManagedChannel channel, long number) {
    var _ =
        IngestServiceGrpc.newBlockingStub(channel)
            .ingestEvents(
                IngestEventsRequest.newBuilder()
                    .addEvents(
                        Event.newBuilder()
                            .setType("t" + number % 5)
                            .setUserId("u" + number % 11)
                            .setValue((double) number))
                    .build());
  }

  private static Map<Row, Row> fresh(ManagedChannel channel) {
    return QueryServiceGrpc.newBlockingStub(channel)
        .query(QueryRequest.newBuilder().setQuery(QUERY).build())
        .getRowsList()
        .stream()
        .collect(Collectors.toMap(Mirror::key, Function.identity()));
  }

  private static void grpc(int port, Mirror mirror) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      Iterator<SubscribeResponse> updates =
          LiveServiceGrpc.newBlockingStub(channel)
              .subscribe(
                  SubscribeRequest.newBuilder()
                      .setQuery(QUERY)
                      .setResumePosition(mirror.position())
                      .setMinInterval(Durations.fromMillis(10))
                      .build());
      while (updates.hasNext()) {
        mirror.apply(updates.next());
      }
    } catch (StatusRuntimeException broken) {
      // It is to break.
    } finally {
      channel.shutdownNow();
    }
  }

  private static void serverSentEvents(int port, Mirror mirror) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(5_000);
      String position = mirror.position();
      String request =
          "GET /v1/live?query="
              + URLEncoder.encode(JsonFormat.printer().print(QUERY), StandardCharsets.UTF_8)
              + "&minInterval=0.010s HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n"
              + (position.isEmpty() ? "" : "last-event-id: " + position + "\r\n")
              + "\r\n";
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.UTF_8));
      out.flush();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String data = "";
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith("data: ")) {
          data = line.substring("data: ".length());
        } else if (line.isEmpty() && !data.isEmpty()) {
          // As browsers have it: an event counts once the empty line after it is there.
          SubscribeResponse.Builder update = SubscribeResponse.newBuilder();
          JsonFormat.parser().merge(data, update);
          mirror.apply(update.build());
          data = "";
        }
      }
    }
  }
}
