package dev.millrace.client;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.millrace.v1.IngestServiceGrpc;
import dev.millrace.v1.LiveServiceGrpc;
import dev.millrace.v1.QueryServiceGrpc;
import dev.millrace.v1.StreamEventsResponse;
import dev.millrace.v1.SystemServiceGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NegotiationType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, from which producers and stubs are made. Thread-safe; one is enough for
 * a program. It connects when first used, and again when the connection is lost.
 *
 * <pre>{@code
 * try (Millrace millrace = Millrace.connect("127.0.0.1:8080");
 *     Producer producer = millrace.producer().build()) {
 *   producer.send(Event.builder("purchase").userId("u1").value(29.99).build());
 * }
 * }</pre>
 */
public final class Millrace implements AutoCloseable {
  /** Lets a fast sender fill a long line, and costs a server of many connections little. */
  private static final int WINDOW_BYTES = 1 << 20;

  private static final int ANSWER_BYTES_MAX = 64 << 20;
  private static final int KEEPALIVE_SECONDS = 60;
  private static final int SHUTDOWN_SECONDS = 5;

  private final ManagedChannel transport;
  private final Channel channel;
  private final String project;
  private final Set<Producer> producers = ConcurrentHashMap.newKeySet();

  private Millrace(ManagedChannel transport, @Nullable String apiKey, String project) {
    this.transport = transport;
    this.project = project;
    if (apiKey == null) {
      channel = transport;
    } else {
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + apiKey);
      channel =
          ClientInterceptors.intercept(
              transport, MetadataUtils.newAttachHeadersInterceptor(headers));
    }
  }

  /** Connects without encryption and without a key, as a server with no configuration takes it. */
  public static Millrace connect(String address) {
    return builder(address).build();
  }

  /**
   * Begins a connection.
   *
   * @param address host and port, such as {@code 127.0.0.1:8080}
   */
  public static Builder builder(String address) {
    return new Builder(requireNonNull(address, "address"));
  }

  /** Begins a producer. It is closed with this connection, if not before. */
  public Producer.Builder producer() {
    return new Producer.Builder(channel, transport::resetConnectBackoff, project, producers);
  }

  /**
   * Sends all events in one stream and waits for its totals, which are durable: the fastest way to
   * load many. Nothing is sent again by itself; a load that failed may be repeated as a whole if
   * its events have ids of their own.
   *
   * @throws StatusRuntimeException if the server refused or the connection was lost
   */
  public StreamEventsResponse upload(Iterator<Event> events) throws InterruptedException {
    return Upload.run(channel, Requests.upload(project), events);
  }

  /** The generated stub for queries, lists of events and the schema; set deadlines on it. */
  public QueryServiceGrpc.QueryServiceBlockingStub queries() {
    return QueryServiceGrpc.newBlockingStub(channel);
  }

  /** The generated stub for single batches and rejected events. */
  public IngestServiceGrpc.IngestServiceBlockingStub ingest() {
    return IngestServiceGrpc.newBlockingStub(channel);
  }

  /** The generated stub for what changes. */
  public LiveServiceGrpc.LiveServiceBlockingStub live() {
    return LiveServiceGrpc.newBlockingStub(channel);
  }

  /** The generated stub for the server itself. */
  public SystemServiceGrpc.SystemServiceBlockingStub system() {
    return SystemServiceGrpc.newBlockingStub(channel);
  }

  /** Closes its producers as {@link Producer#close()} does, then the connection. */
  @Override
  public void close() {
    List<ProducerException> failures = new ArrayList<>();
    for (Producer producer : producers) {
      try {
        producer.close();
      } catch (ProducerException e) {
        failures.add(e);
      }
    }
    transport.shutdown();
    try {
      if (!transport.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
        transport.shutdownNow();
      }
    } catch (InterruptedException e) {
      transport.shutdownNow();
      Thread.currentThread().interrupt();
    }
    if (!failures.isEmpty()) {
      ProducerException first = failures.get(0);
      failures.subList(1, failures.size()).forEach(first::addSuppressed);
      throw first;
    }
  }

  /** Says how to connect. */
  public static final class Builder {
    private final String address;
    private boolean tls;
    private @Nullable String apiKey;
    private String project = "";

    private Builder(String address) {
      this.address = address;
    }

    /** Connects without encryption; the default. */
    @CanIgnoreReturnValue
    public Builder plaintext() {
      tls = false;
      return this;
    }

    /** Connects with TLS, trusting what the JVM trusts. */
    @CanIgnoreReturnValue
    public Builder tls() {
      tls = true;
      return this;
    }

    /** Sends a key with every call. */
    @CanIgnoreReturnValue
    public Builder apiKey(String key) {
      apiKey = requireNonNull(key, "key");
      return this;
    }

    /**
     * The project that producers and uploads write to; the key's own, or {@code default}, if not
     * set.
     */
    @CanIgnoreReturnValue
    public Builder project(String name) {
      project = requireNonNull(name, "name");
      return this;
    }

    /** Makes the connection; nothing is sent yet. */
    public Millrace build() {
      NettyChannelBuilder transport =
          NettyChannelBuilder.forTarget(address)
              .negotiationType(tls ? NegotiationType.TLS : NegotiationType.PLAINTEXT)
              .flowControlWindow(WINDOW_BYTES)
              .maxInboundMessageSize(ANSWER_BYTES_MAX)
              .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
              .userAgent("millrace-java")
              .disableRetry();
      return new Millrace(transport.build(), apiKey, project);
    }
  }
}
