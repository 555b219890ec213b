package dev.millrace.server.http;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.server.GracefulShutdown;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.RejectedRouteHandler;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.docs.DocService;
import dev.millrace.server.access.ApiKeys;
import dev.millrace.server.access.StreamTickets;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * The port: everything the server offers, on one address. Thread-safe.
 *
 * <p>Its life: {@link #start} listens, and {@link #ready} says so to those who ask; {@link
 * #notReady} sends new clients elsewhere, and {@link #stop} takes no more connections and waits for
 * what is under way.
 */
public final class HttpServer {
  /** Of a URI, in bytes; long questions belong in a body. */
  private static final int URI_BYTES_MAX = 16 * 1024;

  private static final int HEADER_BYTES_MAX = 32 * 1024;
  private static final int STREAMS_PER_CONNECTION_MAX = 1_000;

  /**
   * Without requests under way for this long, stopping goes on; 0 would mean not to wait for them
   * at all.
   */
  private static final int QUIET_MILLIS = 50;

  private static final int ACCEPT_BACKLOG = 1_024;

  private final Server server;
  private final HealthStatusManager health = new HealthStatusManager();
  private final DrainableCalls drainable = new DrainableCalls();
  private final Readiness readiness = new Readiness();
  private final List<String> serviceNames = new ArrayList<>();

  public HttpServer(
      HttpOptions options,
      HttpServices services,
      ApiKeys keys,
      StreamTickets tickets,
      PrometheusMeterRegistry metrics) {
    ServerBuilder builder = Server.builder();
    limits(builder, options);
    builder.meterRegistry(metrics);
    builder.errorHandler(new ServerErrors());
    builder.decorator(new FormIsJson());
    builder.decorator(new Authentication(keys, tickets));
    builder.service("/healthz", readiness.alive());
    builder.service("/readyz", readiness.ready());
    builder.service("/metrics", new MetricsPage(metrics));
    builder.service("/", new WelcomePage(options));
    for (HttpServices.Endpoint endpoint : services.endpoints()) {
      builder.service(route(endpoint), endpoint.service());
    }
    new GrpcAssembly(options, services).addTo(builder, health, drainable);
    if (options.docs()) {
      builder.serviceUnder("/docs", docs());
    }
    services.eventLoop().forEach(this::name);
    services.blocking().forEach(this::name);
    server = builder.build();
    notReady();
  }

  private void name(ServerServiceDefinition service) {
    serviceNames.add(service.getServiceDescriptor().getName());
  }

  private static Route route(HttpServices.Endpoint endpoint) {
    return Route.builder().methods(endpoint.verb()).path("exact:" + endpoint.path()).build();
  }

  private static HttpService docs() {
    return DocService.builder().webAppTitle("Millrace API").build();
  }

  private static void limits(ServerBuilder builder, HttpOptions options) {
    HttpOptions.Tls tls = options.tls();
    if (tls == null) {
      builder.http(options.listen());
    } else {
      builder.https(options.listen());
      builder.tls(TlsKeyPair.of(tls.key().toFile(), tls.certificate().toFile()));
    }
    builder.workerGroup(options.eventLoops());
    builder.blockingTaskExecutor(options.blockingThreads());
    builder.maxNumConnections(options.connectionsMax());
    builder.channelOption(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG);
    builder.idleTimeout(options.idleTimeout());
    builder.requestTimeout(options.requestTimeout());
    // Streams are as long as they like; messages and JSON bodies are limited one by one.
    builder.maxRequestLength(0);
    builder.http1MaxInitialLineLength(URI_BYTES_MAX);
    builder.http1MaxHeaderSize(HEADER_BYTES_MAX);
    builder.http2MaxHeaderListSize(HEADER_BYTES_MAX);
    builder.http2MaxStreamsPerConnection(STREAMS_PER_CONNECTION_MAX);
    builder.http2InitialConnectionWindowSize(options.http2WindowBytes());
    builder.http2InitialStreamWindowSize(options.http2WindowBytes());
    builder.gracefulShutdown(
        GracefulShutdown.builder()
            .quietPeriodMillis(QUIET_MILLIS)
            .timeout(options.drainTimeout())
            .build());
    builder.disableServerHeader();
    builder.disableDateHeader();
    // Endpoints stand in front of the JSON forms of methods on purpose.
    builder.rejectedRouteHandler(RejectedRouteHandler.FAIL);
  }

  /**
   * Listens.
   *
   * @throws IOException if the address can't be listened on
   */
  public void start() throws IOException {
    try {
      server.start().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw e;
    }
  }

  /** The address listened on, with the real port where 0 was asked for. */
  public InetSocketAddress address() {
    return Objects.requireNonNull(server.activePort(), "not started").localAddress();
  }

  /** Connections open now. */
  public int connections() {
    return server.numConnections();
  }

  /** Says that requests are welcome. */
  public void ready() {
    readiness.set(true);
    announce(ServingStatus.SERVING);
  }

  /** Says that new requests are better sent elsewhere; still serves them. */
  public void notReady() {
    readiness.set(false);
    announce(ServingStatus.NOT_SERVING);
  }

  private void announce(ServingStatus status) {
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    serviceNames.forEach(name -> health.setStatus(name, status));
  }

  /**
   * Takes no more connections, waits for requests under way, within the drain time-out, and closes.
   * Streams of requests end once what they took is answered.
   */
  public void stop() {
    health.enterTerminalState();
    drainable.drain();
    server.stop().orTimeout(5, TimeUnit.MINUTES).join();
  }
}
