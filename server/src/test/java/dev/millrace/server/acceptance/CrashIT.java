package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.acceptance.CrashWriters.Writer;
import dev.millrace.v1.Event;
import dev.millrace.v1.ListEventsRequest;
import dev.millrace.v1.ListEventsResponse;
import dev.millrace.v1.Measure;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryServiceGrpc;
import dev.millrace.v1.Row;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The server is killed again and again under load: no acknowledged event may be missing after, and
 * none counted twice. {@code -Dmillrace.crash.rounds=300} kills it more often, {@code
 * -Dmillrace.crash.seed} repeats a run's moments.
 */
class CrashIT {
  private static final int ROUNDS = Integer.getInteger("millrace.crash.rounds", 26);
  private static final long SEED = Long.getLong("millrace.crash.seed", System.nanoTime());
  private static final int SEALING_ROUNDS = Integer.getInteger("millrace.crash.rounds", 25);
  private static final int KILL_AFTER_MILLIS_MAX = 700;
  private static final int PAGE = 4096;

  /** The trees of the tables, and what isn't due to be cleaned up yet. */
  private static final int LEAKED_BYTES_MAX = 64 * PAGE;

  @ParameterizedTest(name = "{0} shards")
  @ValueSource(ints = {1, 2})
  void acknowledgedEvents_surviveKills_andNoneIsCountedTwice(int shards, @TempDir Path data)
      throws Exception {
    survive(data, shards, ROUNDS / 2, List.of());
  }

  /**
   * The same while every few hundred events are sealed, merged, and, in a project of their own,
   * dropped: what a kill leaves half done is finished or cleaned up after.
   */
  @Test
  void acknowledgedEvents_surviveKillsWhileTheyAreSealed(@TempDir Path data) throws Exception {
    List<String> settings =
        List.of(
            "store.sealRows=300",
            "store.sealAfter=0s",
            "store.mergeSegments=2",
            "store.segmentRows=20000",
            "retention.events=1h");
    survive(data, 1, SEALING_ROUNDS, settings);
    try (ServerProcess server = ServerProcess.start(data, options(1, settings))) {
      Awaitility.await("the sealer has nothing left to do")
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> metric(server, "millrace_unsealed_events") == 0 && isTidy(server));
      assertThat(server.get("/v1/stats?project=" + CrashWriters.Aging.PROJECT).body())
          .contains("\"eventsStored\":\"0\"");
    }
  }

  /** Whether the file of segments holds little beside them: whole pages for chunks, and trees. */
  private static boolean isTidy(ServerProcess server) throws InterruptedException {
    double used =
        metric(server, "millrace_segments_file_bytes")
            - metric(server, "millrace_segments_free_bytes");
    double named = metric(server, "millrace_segments_bytes");
    double segments = metric(server, "millrace_segments");
    return used - named < LEAKED_BYTES_MAX + segments * PAGE;
  }

  private static double metric(ServerProcess server, String name) throws InterruptedException {
    return server
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  private static String[] options(int shards, List<String> settings) {
    List<String> options = new ArrayList<>(List.of("--shards", Integer.toString(shards)));
    settings.forEach(setting -> options.addAll(List.of("--set", setting)));
    return options.toArray(String[]::new);
  }

  private static void survive(Path data, int shards, int rounds, List<String> settings)
      throws Exception {
    System.out.printf("%d kills with %d shards %s, seed %d%n", rounds, shards, settings, SEED);
    Random random = new Random(SEED + shards);
    int port = ServerProcess.freePort();
    String[] options = options(shards, settings);
    ServerProcess server = ServerProcess.start(data, port, List.of(), options);
    ManagedChannel channel = server.channel();
    List<Writer> writers = writers(server, channel, random);
    Writer aging = new CrashWriters.Aging("aging", channel, random.nextLong());
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<?>> running = new ArrayList<>();
      writers.forEach(writer -> running.add(threads.submit(writer)));
      running.add(threads.submit(aging));
      for (int round = 0; round < rounds; round++) {
        await(1 + random.nextInt(KILL_AFTER_MILLIS_MAX));
        server.kill();
        server.close();
        server = ServerProcess.start(data, port, List.of(), options);
        // Left alone, the channel tries again after a time that doubles with every failure.
        channel.resetConnectBackoff();
        assertNothingMissingOrDouble(writers, channel);
      }
      writers.forEach(Writer::stop);
      aging.stop();
      for (Future<?> writer : running) {
        writer.get(90, TimeUnit.SECONDS);
      }
      assertNothingMissingOrDouble(writers, channel);
      assertEverythingOnce(writers, channel);
    } finally {
      writers.forEach(Writer::stop);
      aging.stop();
      threads.shutdownNow();
      channel.shutdownNow();
      server.close();
    }
  }

  private static List<Writer> writers(ServerProcess server, ManagedChannel channel, Random random) {
    return List.of(
        new CrashWriters.Sdk("sdk-1", server.address()),
        new CrashWriters.Sdk("sdk-2", server.address()),
        new CrashWriters.Unary("unary-1", channel, random.nextLong()),
        new CrashWriters.Unary("unary-2", channel, random.nextLong()),
        new CrashWriters.Gapping("gapping", channel, random.nextLong()),
        new CrashWriters.Json("json", server.uri("/v1/events")));
  }

  /**
   * The moment of the kill is the point of the test, so it is waited for and not for a condition.
   */
  private static void await(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /**
   * By arithmetic: a user's values must be 0 to n - 1, and n no less than what was acknowledged.
   */
  private static void assertNothingMissingOrDouble(List<Writer> writers, ManagedChannel channel) {
    Map<String, Long> acknowledged = new HashMap<>();
    writers.forEach(writer -> acknowledged.put(writer.user, writer.acknowledged.get()));
    Map<String, Row> rows = rows(channel);
    for (Writer writer : writers) {
      long least = acknowledged.get(writer.user);
      Row row = rows.get(writer.user);
      if (row == null) {
        assertThat(least).as("%s has events", writer.user).isZero();
        continue;
      }
      long count = (long) row.getValuesOrThrow("n");
      assertThat(count).as("events of %s", writer.user).isBetween(least, writer.sent.get());
      assertThat(row.getValuesOrThrow("min")).as("first of %s", writer.user).isZero();
      assertThat(row.getValuesOrThrow("max"))
          .as("last of %s", writer.user)
          .isEqualTo((double) (count - 1));
      assertThat(row.getValuesOrThrow("sum"))
          .as("sum of %s", writer.user)
          .isEqualTo(count * (count - 1.0) / 2);
    }
  }

  private static Map<String, Row> rows(ManagedChannel channel) {
    Query query =
        Query.newBuilder()
            .addMeasures(measure("n", Measure.Aggregation.COUNT))
            .addMeasures(measure("min", Measure.Aggregation.MIN))
            .addMeasures(measure("max", Measure.Aggregation.MAX))
            .addMeasures(measure("sum", Measure.Aggregation.SUM))
            .addGroupBy("user_id")
            .build();
    Map<String, Row> rows = new HashMap<>();
    QueryServiceGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .query(QueryRequest.newBuilder().setQuery(query).build())
        .getRowsList()
        .forEach(row -> rows.put(row.getDimensionsOrThrow("user_id").getStringValue(), row));
    return rows;
  }

  private static Measure measure(String name, Measure.Aggregation aggregation) {
    return Measure.newBuilder().setName(name).setAggregation(aggregation).setField("value").build();
  }

  /** One by one, from the list of events itself. */
  private static void assertEverythingOnce(List<Writer> writers, ManagedChannel channel) {
    Map<String, BitSet> seen = new HashMap<>();
    ListEventsRequest.Builder request = ListEventsRequest.newBuilder().setPageSize(1000);
    ListEventsResponse page;
    do {
      page =
          QueryServiceGrpc.newBlockingStub(channel)
              .withWaitForReady()
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .listEvents(request.build());
      for (Event event : page.getEventsList()) {
        BitSet values = seen.computeIfAbsent(event.getUserId(), user -> new BitSet());
        int value = (int) event.getValue();
        assertThat(values.get(value)).as("%s %d twice", event.getUserId(), value).isFalse();
        values.set(value);
      }
      request.setPageToken(page.getNextPageToken());
    } while (!page.getNextPageToken().isEmpty());
    for (Writer writer : writers) {
      assertThat(seen.get(writer.user).cardinality())
          .as("events of %s", writer.user)
          .isEqualTo((int) writer.sent.get());
      assertThat(writer.acknowledged.get()).as(writer.user).isEqualTo(writer.sent.get());
    }
  }
}
