package dev.millrace.server.http;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.millrace.server.access.ApiKey;
import dev.millrace.server.access.ApiKeys;
import dev.millrace.server.access.Permission;
import dev.millrace.server.access.StreamTickets;
import dev.millrace.server.backup.Backups;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.error.StorageException;
import dev.millrace.server.http.live.LiveEventsEndpoint;
import dev.millrace.server.http.live.LiveQueryEndpoint;
import dev.millrace.server.http.live.WebSocketEndpoint;
import dev.millrace.server.live.Announcer;
import dev.millrace.server.live.FakeQuery;
import dev.millrace.server.live.FakeStorage;
import dev.millrace.server.live.LiveLimits;
import dev.millrace.server.live.LiveMetrics;
import dev.millrace.server.live.LiveServiceImpl;
import dev.millrace.server.live.StreamSlots;
import dev.millrace.server.live.Subscriptions;
import dev.millrace.server.live.Tails;
import dev.millrace.server.live.feed.Announcements;
import dev.millrace.server.live.feed.Pace;
import dev.millrace.server.system.Activity;
import dev.millrace.server.system.MinuteRate;
import dev.millrace.server.system.SystemServiceImpl;
import dev.millrace.v1.IngestServiceGrpc;
import dev.millrace.v1.PublishEventsRequest;
import dev.millrace.v1.PublishEventsResponse;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryResponse;
import dev.millrace.v1.QueryServiceGrpc;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** A port with services made for tests: a query's {@code where} says what becomes of it. */
final class TestPort implements AutoCloseable {
  static final int STREAMS_MAX = 4;

  final FakeStorage storage = new FakeStorage(2);
  final Tails tails;
  final Subscriptions subscriptions;
  final WebSocketEndpoint sockets;
  private final InstantSource clock = InstantSource.system();
  final Path copies = Path.of("target", "backups-" + UUID.randomUUID());
  private final Backups backups = new Backups(storage, copies);
  final HttpServer server;
  final HttpClient client = HttpClient.newHttpClient();
  final RequestCaller caller = new RequestCaller();
  final AtomicReference<StreamObserver<PublishEventsResponse>> publishing = new AtomicReference<>();

  TestPort(ApiKey... keys) throws IOException {
    this(Duration.ofSeconds(5), keys);
  }

  TestPort(Duration drain, ApiKey... keys) throws IOException {
    StreamSlots slots = new StreamSlots(STREAMS_MAX, 3);
    Announcements announcements = new Announcements();
    tails = new Tails(storage, new FakeStorage.Reading(), slots, announcements);
    subscriptions =
        new Subscriptions(
            storage,
            (project, query) -> new FakeQuery(storage, query),
            project -> new FakeQuery(storage, Query.getDefaultInstance()),
            new LiveLimits(3, 2),
            Pace.DEFAULT,
            slots,
            announcements,
            new LiveMetrics(new SimpleMeterRegistry()));
    StreamTickets tickets = new StreamTickets(clock);
    LiveServiceImpl live =
        new LiveServiceImpl(
            tails,
            subscriptions,
            new Announcer(announcements, clock),
            tickets,
            caller,
            () -> ServiceRequestContext.current().eventLoop().withoutContext());
    sockets =
        new WebSocketEndpoint(
            subscriptions,
            tails,
            announcements,
            caller,
            List.of("https://example.org"),
            Duration.ofSeconds(1));
    HttpServices services =
        new HttpServices(
            List.of(new Ingest().bindService(), live.bindService()),
            List.of(new Queries().bindService(), systemService().bindService()),
            List.of(
                new HttpServices.Endpoint(
                    HttpMethod.POST, "/v1/backup", new BackupEndpoint(backups, caller)),
                new HttpServices.Endpoint(HttpMethod.GET, "/ws", sockets.service()),
                new HttpServices.Endpoint(
                    HttpMethod.GET, "/v1/live", new LiveQueryEndpoint(subscriptions, caller)),
                new HttpServices.Endpoint(
                    HttpMethod.GET, "/v1/live/events", new LiveEventsEndpoint(tails, caller)),
                new HttpServices.Endpoint(
                    HttpMethod.POST,
                    "/v1/events",
                    (context, request) ->
                        HttpResponse.of(
                            request
                                .aggregate()
                                .thenApply(
                                    all -> HttpResponse.of("endpoint " + caller(context)))))));
    server =
        new HttpServer(
            options(drain),
            services,
            new ApiKeys(List.of(keys)),
            tickets,
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    server.start();
    server.ready();
  }

  private String caller(ServiceRequestContext context) {
    try (var _ = context.push()) {
      return caller.get().project("", Permission.WRITE);
    }
  }

  static HttpOptions options(Duration drain) {
    return new HttpOptions(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        null,
        100,
        64 * 1024,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        drain,
        1 << 20,
        2,
        4,
        true);
  }

  private SystemServiceImpl systemService() {
    return new SystemServiceImpl(
        "1.2.3",
        storage,
        () -> new Activity(1, 2, 3, 4, 5, 6, 7, 8, 9, Duration.ZERO, Duration.ZERO),
        new MinuteRate(),
        caller,
        InstantSource.system(),
        backups,
        task -> ServiceRequestContext.current().blockingTaskExecutor().execute(task));
  }

  int port() {
    return server.address().getPort();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(10));
  }

  java.net.http.HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString());
  }

  java.net.http.HttpResponse<String> get(String path) throws Exception {
    return send(request(path).GET().build());
  }

  java.net.http.HttpResponse<String> post(String path, String json) throws Exception {
    return send(
        request(path)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  @Override
  public void close() {
    server.notReady();
    sockets.drain();
    tails.drain();
    subscriptions.drain();
    server.stop();
    sockets.close();
    tails.close();
    subscriptions.close();
    client.shutdownNow();
  }

  /** Fails as its {@code where} says. */
  private static final class Queries extends QueryServiceGrpc.QueryServiceImplBase {
    @Override
    public void query(QueryRequest request, StreamObserver<QueryResponse> responses) {
      switch (request.getQuery().getWhere()) {
        case "invalid" -> throw new ApiException.InvalidArgument("query.where", "isn't CEL");
        case "invalid by onError" ->
            responses.onError(new ApiException.InvalidArgument("query.where", "isn't CEL"));
        case "missing" -> throw new ApiException.NotFound("no such thing");
        case "busy" -> throw new ApiException.ResourceExhausted("busy", Duration.ofMillis(1500));
        case "limit" -> throw new ApiException.LimitExceeded("query.maxRows", "too many rows");
        case "gap" -> throw new StorageException.BatchGap("p", 7, 5);
        case "fenced" -> throw new StorageException.ProducerFenced("p", 1, 2);
        case "overloaded" ->
            throw new StorageException.Overloaded("full queue", Duration.ofSeconds(2));
        case "full" -> throw new StorageException.Full("MDB_MAP_FULL", null);
        case "closed" -> throw new StorageException.Unavailable("closing", null);
        case "corrupt" -> throw new StorageException.Corrupt("block 7 of /secret/path", null);
        case "deadline" -> throw new ApiException.DeadlineExceeded("took too long");
        case "bug" -> throw new IllegalStateException("secret detail");
        case "never" -> {
          // The caller's deadline ends it.
        }
        default -> {
          responses.onNext(QueryResponse.getDefaultInstance());
          responses.onCompleted();
        }
      }
    }
  }

  /** Keeps the stream of acknowledgements, so that a test can hold one back. */
  private final class Ingest extends IngestServiceGrpc.IngestServiceImplBase {
    @Override
    public StreamObserver<PublishEventsRequest> publishEvents(
        StreamObserver<PublishEventsResponse> responses) {
      return new StreamObserver<>() {
        @Override
        public void onNext(PublishEventsRequest request) {
          publishing.set(responses);
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          responses.onCompleted();
        }
      };
    }
  }
}
