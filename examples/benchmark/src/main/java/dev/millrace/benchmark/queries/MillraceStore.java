package dev.millrace.benchmark.queries;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.millrace.benchmark.ServerOptions;
import dev.millrace.benchmark.ServerUnderTest;
import dev.millrace.client.Event;
import dev.millrace.client.Millrace;
import dev.millrace.client.Producer;
import dev.millrace.v1.Bucket;
import dev.millrace.v1.Measure;
import dev.millrace.v1.OrderBy;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryResponse;
import dev.millrace.v1.QueryServiceGrpc;
import dev.millrace.v1.Row;
import dev.millrace.v1.TimeRange;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Millrace as a process of its own, loaded by `sdk-java` and asked over gRPC. The engine's time is
 * what the answer says it took; the client's has the network and the messages in it. Every event
 * has an id and is held against all others of the last week.
 */
final class MillraceStore implements Store {
  private static final int MESSAGE_BYTES_MAX = 64 << 20;
  private static final int SETTLED_POLLS = 4;
  private static final int SETTLE_POLLS_MAX = 300;

  private final ServerUnderTest server;
  private final ManagedChannel channel;
  private double loadSeconds;

  MillraceStore(ServerOptions options) throws Exception {
    server = ServerUnderTest.start(options);
    channel =
        NettyChannelBuilder.forTarget(server.address())
            .usePlaintext()
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .build();
  }

  @Override
  public String name() {
    return "Millrace";
  }

  ServerUnderTest server() {
    return server;
  }

  /** The time until everything was acknowledged. */
  double loadSeconds() {
    return loadSeconds;
  }

  @Override
  public void load(ShopEvents events) throws Exception {
    long start = System.nanoTime();
    try (Millrace millrace = Millrace.connect(server.address());
        Producer producer =
            millrace.producer().producerId("queries").maxBatchEvents(1_000).build()) {
      events.forEach(
          row ->
              producer.send(
                  Event.builder(row.type)
                      .time(
                          Instant.ofEpochSecond(
                              row.timeMicros / 1_000_000, row.timeMicros % 1_000_000 * 1_000))
                      .userId(row.user)
                      .sessionId(row.session)
                      .value(row.value)
                      .property("page", row.page)
                      .property("country", row.country)
                      .property("device", row.device)
                      .build()));
      producer.flush();
    }
    loadSeconds = (System.nanoTime() - start) / 1e9;
    settle();
  }

  /** Waits until what goes on in the background is done: until the server does nothing. */
  private void settle() throws Exception {
    long before = server.figures().cpuMicros();
    int still = 0;
    for (int i = 0; i < SETTLE_POLLS_MAX && still < SETTLED_POLLS; i++) {
      TimeUnit.SECONDS.sleep(1);
      long now = server.figures().cpuMicros();
      still = now - before < Duration.ofMillis(50).toNanos() / 1000 ? still + 1 : 0;
      before = now;
    }
  }

  @Override
  public Answer ask(Question question) {
    long start = System.nanoTime();
    QueryResponse response =
        QueryServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(5, TimeUnit.MINUTES)
            .query(QueryRequest.newBuilder().setQuery(query(question)).build());
    SortedMap<String, double[]> rows = new TreeMap<>();
    for (Row row : response.getRowsList()) {
      String name =
          row.hasTime()
              ? Long.toString(Timestamps.toMicros(row.getTime()))
              : row.getDimensionsMap().values().iterator().next().getStringValue();
      double[] values =
          question == Question.Q5
              ? new double[] {
                row.getValuesOrThrow("p50"),
                row.getValuesOrThrow("p95"),
                row.getValuesOrThrow("p99")
              }
              : new double[] {row.getValuesOrThrow("n")};
      rows.put(Keys.of(question, name, rows.size()), values);
    }
    return new Answer(
        rows, Durations.toNanos(response.getStats().getElapsed()), System.nanoTime() - start);
  }

  private static Query query(Question question) {
    Query.Builder query = Query.newBuilder();
    Instant to = ShopEvents.FROM.plus(Duration.ofDays(ShopEvents.DAYS));
    Instant from =
        switch (question) {
          case Q1, Q5 -> to.minus(Duration.ofDays(1));
          default -> ShopEvents.FROM;
        };
    query.setRange(TimeRange.newBuilder().setFrom(timestamp(from)).setTo(timestamp(to)));
    switch (question) {
      case Q1 -> count(query).setBucket(every("1m"));
      case Q2 ->
          query.addMeasures(measure("n", Measure.Aggregation.SUM, "value")).addGroupBy("type");
      case Q3 ->
          count(query)
              .setWhere("properties.country == '" + Keys.COUNTRY + "'")
              .addGroupBy("properties.page")
              .addOrderBy(OrderBy.newBuilder().setBy("n").setDescending(true))
              .setLimit(10);
      case Q4 ->
          query
              .addMeasures(measure("n", Measure.Aggregation.UNIQUE, "user_id"))
              .setBucket(every("1d"));
      case Q5 -> {
        for (int percent : List.of(50, 95, 99)) {
          query.addMeasures(
              measure("p" + percent, Measure.Aggregation.QUANTILE, "value")
                  .setQuantile(percent / 100.0));
        }
        query.addGroupBy("type");
      }
      case Q6 ->
          count(query)
              .setWhere(
                  "properties.page == '%s' && properties.device == '%s'"
                      .formatted(Keys.PAGE, Keys.DEVICE))
              .setBucket(every("1h"));
    }
    return query.build();
  }

  private static Query.Builder count(Query.Builder query) {
    return query.addMeasures(
        Measure.newBuilder().setName("n").setAggregation(Measure.Aggregation.COUNT));
  }

  private static Measure.Builder measure(
      String name, Measure.Aggregation aggregation, String field) {
    return Measure.newBuilder().setName(name).setAggregation(aggregation).setField(field);
  }

  private static Bucket every(String length) {
    return Bucket.newBuilder().setEvery(length).setSkipEmpty(true).build();
  }

  private static Timestamp timestamp(Instant time) {
    return Timestamps.fromSeconds(time.getEpochSecond());
  }

  @Override
  public long bytes() throws Exception {
    return server.dataBytes();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }
}
