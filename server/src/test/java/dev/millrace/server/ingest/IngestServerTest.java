package dev.millrace.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import dev.millrace.server.access.Caller;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.ingest.rest.EventsEndpoint;
import dev.millrace.v1.Event;
import dev.millrace.v1.IngestEventsRequest;
import dev.millrace.v1.IngestEventsResponse;
import dev.millrace.v1.IngestServiceGrpc;
import dev.millrace.v1.PublishEventsRequest;
import dev.millrace.v1.PublishEventsResponse;
import dev.millrace.v1.StreamEventsRequest;
import dev.millrace.v1.StreamEventsResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Ingest over a real port: Armeria takes the raw requests, and clients feel the back-pressure. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IngestServerTest {
  private static final long REQUEST_BYTES_MAX = 1 << 20;

  private final FakeStorage storage = new FakeStorage();
  private Server server;
  private ManagedChannel channel;
  private WebClient web;

  @BeforeAll
  void start() {
    IngestPipeline pipeline =
        new IngestPipeline(
            storage, EventLimits.DEFAULT, null, InstantSource.system(), new SimpleMeterRegistry());
    IngestService service =
        new IngestService(
            pipeline,
            new RejectedEvents(storage, pipeline, Runnable::run),
            () -> Caller.ANYONE,
            StreamLimits.DEFAULT,
            () -> ServiceRequestContext.current().eventLoop().withoutContext());
    server =
        Server.builder()
            .http(0)
            .maxRequestLength(0)
            .requestTimeoutMillis(0)
            .service(
                route("/v1/events"),
                EventsEndpoint.events(pipeline, () -> Caller.ANYONE, REQUEST_BYTES_MAX))
            .service(
                route("/v1/collect"),
                EventsEndpoint.collect(pipeline, () -> Caller.ANYONE, REQUEST_BYTES_MAX))
            .service(
                GrpcService.builder()
                    .addService(service.bindService())
                    .exceptionHandler((context, status, cause, metadata) -> status(status, cause))
                    .build())
            .errorHandler((context, cause) -> badRequest(cause))
            .build();
    server.start().join();
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.activeLocalPort())
            .usePlaintext()
            .build();
    web = WebClient.of("http://127.0.0.1:" + server.activeLocalPort());
  }

  private static Status status(Status status, Throwable cause) {
    return cause instanceof ApiException.InvalidArgument
        ? Status.INVALID_ARGUMENT.withDescription(cause.getMessage())
        : status;
  }

  private static HttpResponse badRequest(Throwable cause) {
    return cause instanceof ApiException.InvalidArgument
        ? HttpResponse.of(
            HttpStatus.BAD_REQUEST, MediaType.PLAIN_TEXT, String.valueOf(cause.getMessage()))
        : null;
  }

  private static Route route(String path) {
    return Route.builder().methods(HttpMethod.POST).path("exact:" + path).build();
  }

  @AfterAll
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.stop().join();
  }

  private static Event event(String id) {
    return Event.newBuilder().setType("t").setEventId(id).build();
  }

  @Test
  void ingestEvents_storesABatchAndTellsVerdicts() {
    IngestEventsResponse response =
        IngestServiceGrpc.newBlockingStub(channel)
            .ingestEvents(
                IngestEventsRequest.newBuilder()
                    .setVerdicts(true)
                    .addEvents(event("a"))
                    .addEvents(event("a"))
                    .addEvents(Event.getDefaultInstance())
                    .build());
    assertThat(response.getAccepted()).isEqualTo(1);
    assertThat(response.getDuplicates()).isEqualTo(1);
    assertThat(response.getRejected(0).getField()).isEqualTo("events[2].type");
    assertThat(response.getVerdictsList()).hasSize(3);
    assertThat(response.getPosition()).isNotEmpty();
  }

  @Test
  void ingestEvents_ofAnEmptyMessageIsFine() {
    assertThat(
            IngestServiceGrpc.newBlockingStub(channel)
                .ingestEvents(IngestEventsRequest.getDefaultInstance())
                .getPosition())
        .isNotEmpty();
  }

  @Test
  void ingestEvents_takesCompressedRequests() {
    IngestEventsRequest.Builder request = IngestEventsRequest.newBuilder();
    for (int i = 0; i < 5_000; i++) {
      request.addEvents(event("id " + i));
    }
    assertThat(
            IngestServiceGrpc.newBlockingStub(channel)
                .withCompression("gzip")
                .ingestEvents(request.build())
                .getAccepted())
        .isEqualTo(5_000);
  }

  @Test
  void ingestEvents_mapsErrors() {
    assertThatThrownBy(
            () ->
                IngestServiceGrpc.newBlockingStub(channel)
                    .ingestEvents(IngestEventsRequest.newBuilder().setProject("No Spaces").build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
  }

  @Test
  void publishEvents_acknowledgesInOrder() throws Exception {
    BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    StreamObserver<PublishEventsRequest> requests =
        IngestServiceGrpc.newStub(channel).publishEvents(new Collector<>(received));
    for (int i = 1; i <= 100; i++) {
      requests.onNext(
          PublishEventsRequest.newBuilder()
              .setProducerId("p")
              .setBatchNumber(i)
              .addEvents(event("e" + i))
              .build());
    }
    requests.onCompleted();
    for (int i = 1; i <= 100; i++) {
      Object ack = received.poll(10, TimeUnit.SECONDS);
      assertThat(ack).isInstanceOf(PublishEventsResponse.class);
      assertThat(((PublishEventsResponse) ack).getBatchNumber()).isEqualTo(i);
    }
    assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("completed");
  }

  @Test
  void streamEvents_holdsTheClientBackWhileTheStoreIsBusy() {
    storage.hold();
    int batches = 400;
    StreamEventsRequest request =
        StreamEventsRequest.newBuilder()
            .addEvents(Event.newBuilder().setType("t").setSource("x".repeat(256)).build())
            .addAllEvents(
                Collections.nCopies(
                    100, Event.newBuilder().setType("t").setUserId("u".repeat(512)).build()))
            .build();
    AtomicInteger sent = new AtomicInteger();
    CompletableFuture<StreamEventsResponse> totals = new CompletableFuture<>();
    IngestServiceGrpc.newStub(channel).streamEvents(new Pump(request, batches, sent, totals));
    int underWay = StreamLimits.DEFAULT.batches();
    await().until(() -> storage.waiting() == underWay);
    // What goes beyond is held by the windows of HTTP/2, which have room for some more batches.
    assertThat(sent.get()).isLessThan(batches);
    for (int i = 0; i < 20; i++) {
      storage.commit();
      await().pollInterval(Duration.ofMillis(2)).until(() -> storage.waiting() == underWay);
    }
    storage.release();
    assertThat(totals.join().getAccepted()).isEqualTo(101L * batches);
  }

  /** Sends as long as the transport takes more. */
  private record Pump(
      StreamEventsRequest request,
      int batches,
      AtomicInteger sent,
      CompletableFuture<StreamEventsResponse> totals)
      implements ClientResponseObserver<StreamEventsRequest, StreamEventsResponse> {
    @Override
    public void beforeStart(ClientCallStreamObserver<StreamEventsRequest> requests) {
      requests.setOnReadyHandler(
          () -> {
            while (requests.isReady() && sent.get() < batches) {
              requests.onNext(request);
              if (sent.incrementAndGet() == batches) {
                requests.onCompleted();
              }
            }
          });
    }

    @Override
    public void onNext(StreamEventsResponse response) {
      totals.complete(response);
    }

    @Override
    public void onError(Throwable cause) {
      totals.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {}
  }

  private record Collector<T>(BlockingQueue<Object> received) implements StreamObserver<T> {
    @Override
    public void onNext(T message) {
      received.add(message);
    }

    @Override
    public void onError(Throwable cause) {
      received.add(cause);
    }

    @Override
    public void onCompleted() {
      received.add("completed");
    }
  }

  private AggregatedHttpResponse post(String path, MediaType type, String body) {
    return web.execute(RequestHeaders.of(HttpMethod.POST, path, "content-type", type), body)
        .aggregate()
        .join();
  }

  @Test
  void events_answersInTheContractsForm() {
    AggregatedHttpResponse response =
        post(
            "/v1/events",
            MediaType.JSON,
            "{\"events\":[{\"type\":\"a\"},{\"type\":\"b\",\"usrId\":\"u\"}]}");
    assertThat(response.status()).isEqualTo(HttpStatus.OK);
    assertThat(response.contentUtf8())
        .startsWith("{\"accepted\":\"1\",\"duplicates\":\"0\",\"filtered\":\"0\",\"rejected\":[{")
        .contains(
            "\"index\":1,\"eventId\":\"\",\"reason\":\"MALFORMED\"",
            "\"field\":\"events[1].usrId\"",
            "\"position\":\"",
            "\"rejectedTotal\":\"1\"")
        .doesNotContain("verdicts");
  }

  @Test
  void events_alwaysNamesWhatReadersRelyOn() {
    assertThat(post("/v1/events", MediaType.JSON, "{\"events\":[]}").contentUtf8())
        .startsWith(
            "{\"accepted\":\"0\",\"duplicates\":\"0\",\"filtered\":\"0\",\"rejected\":[],\"position\":\"");
  }

  @Test
  void events_refusesWhatIsNotJson() {
    for (String body : List.of("", "{", "[]", "{\"nonsense\":1}", "{\"events\":[]}{}")) {
      assertThat(post("/v1/events", MediaType.JSON, body).status())
          .as(body)
          .isEqualTo(HttpStatus.BAD_REQUEST);
    }
    assertThat(post("/v1/events", MediaType.FORM_DATA, "{}").status())
        .isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
    assertThat(post("/v1/events?nonsense=1", MediaType.JSON, "{}").status())
        .isEqualTo(HttpStatus.BAD_REQUEST);
  }

  @Test
  void collect_takesLinesOfAnyContentType() {
    AggregatedHttpResponse response =
        post(
            "/v1/collect?project=beacons",
            MediaType.PLAIN_TEXT,
            "{\"event\":\"pageview\"}\n{\"action\":\"click\",\"user_id\":7}\n");
    assertThat(response.contentUtf8()).contains("\"accepted\":\"2\"");
    assertThat(storage.batches().getLast().size()).isEqualTo(2);
  }
}
