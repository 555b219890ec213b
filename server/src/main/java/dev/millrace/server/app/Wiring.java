package dev.millrace.server.app;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.millrace.server.access.ApiKeys;
import dev.millrace.server.access.StreamTickets;
import dev.millrace.server.app.config.ServerConfig;
import dev.millrace.server.backup.Backups;
import dev.millrace.server.http.BackupEndpoint;
import dev.millrace.server.http.HttpServer;
import dev.millrace.server.http.HttpServices;
import dev.millrace.server.http.RequestCaller;
import dev.millrace.server.http.live.LiveEventsEndpoint;
import dev.millrace.server.http.live.LiveQueryEndpoint;
import dev.millrace.server.http.live.WebSocketEndpoint;
import dev.millrace.server.ingest.IngestPipeline;
import dev.millrace.server.ingest.IngestService;
import dev.millrace.server.ingest.RateLimit;
import dev.millrace.server.ingest.RejectedEvents;
import dev.millrace.server.ingest.StreamLimits;
import dev.millrace.server.ingest.rest.EventsEndpoint;
import dev.millrace.server.live.Announcer;
import dev.millrace.server.live.EventReading;
import dev.millrace.server.live.LiveLimits;
import dev.millrace.server.live.LiveMetrics;
import dev.millrace.server.live.LiveServiceImpl;
import dev.millrace.server.live.StreamSlots;
import dev.millrace.server.live.Subscriptions;
import dev.millrace.server.live.Tails;
import dev.millrace.server.live.feed.Announcements;
import dev.millrace.server.live.feed.Pace;
import dev.millrace.server.query.QueryEngine;
import dev.millrace.server.query.QueryLimits;
import dev.millrace.server.query.QueryServiceImpl;
import dev.millrace.server.query.RepeatedQuery;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.lmdb.LmdbStorage;
import dev.millrace.server.storage.node.StorageConfig;
import dev.millrace.server.storage.segments.SealingLimits;
import dev.millrace.server.system.Activity;
import dev.millrace.server.system.MinuteRate;
import dev.millrace.server.system.ServerMetrics;
import dev.millrace.server.system.SystemServiceImpl;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts the server together: the one place where the parts' constructors are called. */
final class Wiring {
  /** Between two signs of life of a WebSocket. */
  private static final Duration PING = Duration.ofSeconds(15);

  private final ServerConfig config;
  private final Storage storage;
  private final EventReading reading;
  private final InstantSource clock = InstantSource.system();
  private final RequestCaller caller = new RequestCaller();
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AtomicReference<@Nullable HttpServer> port = new AtomicReference<>();

  private Wiring(ServerConfig config, Storage storage, EventReading reading) {
    this.config = config;
    this.storage = storage;
    this.reading = reading;
  }

  /**
   * Opens the store and makes the parts over it.
   *
   * @throws dev.millrace.server.error.StorageException if the store can't be opened
   */
  static Parts parts(ServerConfig config) {
    ServerConfig.Store store = config.store();
    ServerConfig.Segments segments = config.segments();
    StorageConfig defaults = StorageConfig.DEFAULT;
    return parts(
        config,
        LmdbStorage.open(
            config.data(),
            new StorageConfig(
                config.shards(),
                store.queueEvents(),
                store.queueBytes(),
                defaults.commitEvents(),
                defaults.commitBytes(),
                store.dedupWindow(),
                defaults.idsInMemory(),
                store.rejectedMax(),
                defaults.rejectionBytes(),
                store.mapSizeBytes(),
                new SealingLimits(
                    segments.rows(), segments.after(), segments.together(), segments.segmentRows()),
                segments.retention(),
                segments.cacheBytes(),
                defaults.closePatience())),
        new QueryReading());
  }

  /** The parts over a store that is open. */
  static Parts parts(ServerConfig config, Storage storage, EventReading reading) {
    return new Wiring(config, storage, reading).parts();
  }

  private Parts parts() {
    StreamSlots slots =
        new StreamSlots(config.live().streamsMax(), config.live().streamsPerKeyMax());
    Announcements announcements = new Announcements();
    LiveMetrics liveMetrics = new LiveMetrics(metrics);
    Tails tails = new Tails(storage, reading, slots, announcements);
    QueryEngine engine = queryEngine();
    MinuteRate accepted = new MinuteRate();
    AtomicReference<Supplier<Activity>> measured = new AtomicReference<>();
    Supplier<Activity> activity = () -> measured.get().get();
    Backups backups = new Backups(storage, config.data().resolve("backup"));
    SystemServiceImpl system =
        new SystemServiceImpl(
            Version.current(),
            storage,
            activity,
            accepted,
            caller,
            clock,
            backups,
            Wiring::runBlocking);
    Subscriptions subscriptions =
        new Subscriptions(
            storage,
            (project, query) -> new LiveQuery(new RepeatedQuery(engine, project, query)),
            project -> new LiveStatistics(system, project, clock),
            new LiveLimits(config.live().queriesMax(), evaluators()),
            Pace.DEFAULT,
            slots,
            announcements,
            liveMetrics);
    measured.set(() -> activity(tails, subscriptions, liveMetrics));
    ScheduledExecutorService sampler = sampler(accepted, activity);
    ServerMetrics serverMetrics = new ServerMetrics(metrics, storage::stats, activity::get);
    IngestPipeline ingest =
        new IngestPipeline(storage, config.events(), rateLimit(), clock, metrics);
    IngestService ingestService = ingestService(ingest);
    StreamTickets tickets = new StreamTickets(clock);
    LiveServiceImpl live =
        new LiveServiceImpl(
            tails,
            subscriptions,
            new Announcer(announcements, clock),
            tickets,
            caller,
            () -> ServiceRequestContext.current().eventLoop().withoutContext());
    WebSocketEndpoint sockets =
        new WebSocketEndpoint(
            subscriptions, tails, announcements, caller, config.live().allowedOrigins(), PING);
    HttpServices services =
        new HttpServices(
            List.of(ingestService.bindService(), live.bindService()),
            List.of(
                new QueryServiceImpl(engine, caller, metrics).bindService(), system.bindService()),
            endpoints(ingest, tails, subscriptions, sockets, backups));
    HttpServer http =
        new HttpServer(config.http(), services, new ApiKeys(config.keys()), tickets, metrics);
    port.set(http);
    return new Parts(
        storage,
        tails,
        http,
        List.of(ingestService::drain, sockets::drain, tails::drain, subscriptions::drain),
        List.of(
            sockets, tails, subscriptions, sampler::shutdownNow, serverMetrics, metrics::close));
  }

  /** Half of the processors: what is watched must not keep others waiting. */
  private static int evaluators() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  }

  private ScheduledExecutorService sampler(MinuteRate accepted, Supplier<Activity> activity) {
    ScheduledExecutorService sampler =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("sampler").daemon().factory());
    var _ =
        sampler.scheduleAtFixedRate(
            () -> accepted.sample(clock.millis(), activity.get().accepted()),
            0,
            1,
            TimeUnit.SECONDS);
    return sampler;
  }

  private QueryEngine queryEngine() {
    ServerConfig.Query limits = config.query();
    return new QueryEngine(
        storage, clock, new QueryLimits(limits.rowsMax(), limits.groupsMax(), limits.timeout()));
  }

  private @Nullable RateLimit rateLimit() {
    long rate = config.ingest().eventsPerSecond();
    // A second's worth at once, and always room for a whole batch.
    return rate == 0 ? null : new RateLimit(rate, Math.max(rate, config.events().batchEvents()));
  }

  private static void runBlocking(Runnable task) {
    ServiceRequestContext.current().blockingTaskExecutor().execute(task);
  }

  private IngestService ingestService(IngestPipeline ingest) {
    RejectedEvents rejected = new RejectedEvents(storage, ingest, Wiring::runBlocking);
    return new IngestService(
        ingest,
        rejected,
        caller,
        StreamLimits.DEFAULT,
        () -> ServiceRequestContext.current().eventLoop());
  }

  private List<HttpServices.Endpoint> endpoints(
      IngestPipeline ingest,
      Tails tails,
      Subscriptions subscriptions,
      WebSocketEndpoint sockets,
      Backups backups) {
    HttpService socketService = sockets.service();
    int bytesMax = config.http().requestBytesMax();
    return List.of(
        new HttpServices.Endpoint(
            HttpMethod.POST, "/v1/events", EventsEndpoint.events(ingest, caller, bytesMax)),
        new HttpServices.Endpoint(
            HttpMethod.POST, "/v1/collect", EventsEndpoint.collect(ingest, caller, bytesMax)),
        new HttpServices.Endpoint(
            HttpMethod.POST, "/v1/backup", new BackupEndpoint(backups, caller)),
        new HttpServices.Endpoint(
            HttpMethod.GET, "/v1/live", new LiveQueryEndpoint(subscriptions, caller)),
        new HttpServices.Endpoint(
            HttpMethod.GET, "/v1/live/events", new LiveEventsEndpoint(tails, caller)),
        new HttpServices.Endpoint(HttpMethod.GET, "/ws", socketService),
        new HttpServices.Endpoint(HttpMethod.CONNECT, "/ws", socketService));
  }

  private Activity activity(Tails tails, Subscriptions subscriptions, LiveMetrics live) {
    HttpServer http = port.get();
    return new Activity(
        count(metrics, "millrace.ingest.events", "verdict", "accepted"),
        count(metrics, "millrace.ingest.events", "verdict", "duplicate"),
        count(metrics, "millrace.ingest.events", "verdict", "rejected"),
        http == null ? 0 : http.connections(),
        tails.count() + subscriptions.subscribers(),
        tails.messagesSent() + live.messagesSent(),
        timed(metrics, "millrace.query"),
        subscriptions.queries(),
        live.conflated(),
        live.deliveredWithin(0.5),
        live.deliveredWithin(0.99));
  }

  private static long timed(MeterRegistry metrics, String name) {
    return metrics.find(name).timers().stream().mapToLong(Timer::count).sum();
  }

  private static long count(MeterRegistry metrics, String name, String... tags) {
    return (long)
        metrics.find(name).tags(tags).counters().stream().mapToDouble(Counter::count).sum();
  }
}
