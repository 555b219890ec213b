package dev.millrace.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.access.Caller;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.ingest.IngestPipeline;
import dev.millrace.server.live.LiveLimits;
import dev.millrace.server.live.LiveMetrics;
import dev.millrace.server.live.StreamSlots;
import dev.millrace.server.live.Subscriptions;
import dev.millrace.server.live.feed.Announcements;
import dev.millrace.server.live.feed.Pace;
import dev.millrace.server.live.feed.Subscriber;
import dev.millrace.server.log.Position;
import dev.millrace.server.query.QueryEngine;
import dev.millrace.server.query.QueryLimits;
import dev.millrace.server.query.QueryServiceImpl;
import dev.millrace.server.query.RepeatedQuery;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.lmdb.LmdbStorage;
import dev.millrace.server.storage.node.StorageConfig;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryResponse;
import dev.millrace.v1.Row;
import dev.millrace.v1.SubscribeRequest;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Long random runs: whatever happens, what a subscriber knows is at every moment what a query
 * answers for the position and the instant that its last update names.
 *
 * <p>{@code -Dmillrace.live.runs=500} makes it many; every run prints nothing unless it fails, and
 * then its seed.
 */
class LiveStateTest {
  private static final int RUNS = Integer.getInteger("millrace.live.runs", 10);
  private static final int STEPS = 60;
  private static final double TOLERANCE = 1e-12;

  // The clock that questions have their deadline by is moved by hours here.
  private static final QueryLimits LIMITS =
      new QueryLimits(100_000, 1_000_000, Duration.ofDays(365));

  @Test
  void stateOfASubscriber_isWhatAQueryAnswers_onOneShard(@TempDir Path data) throws Exception {
    runs(data, 1, 1_000);
  }

  @Test
  void stateOfASubscriber_isWhatAQueryAnswers_onTwoShards(@TempDir Path data) throws Exception {
    runs(data, 2, 2_000);
  }

  private static void runs(Path data, int shards, long firstSeed) throws Exception {
    int deltas = 0;
    int resets = 0;
    for (int run = 0; run < RUNS; run++) {
      long seed = firstSeed + run;
      try (Run one = new Run(data.resolve("run" + run), shards, new Random(seed))) {
        one.go();
        deltas += one.mirror.deltas();
        resets += one.mirror.resets();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("with seed " + seed, e);
      }
    }
    // Otherwise nothing was shown.
    assertThat(deltas).isGreaterThan(RUNS);
    assertThat(resets).isPositive();
  }

  private static final class Run implements AutoCloseable {
    private final Path data;
    private final int shards;
    private final Random random;
    private final RandomTraffic traffic;
    private final AtomicReference<Instant> now =
        new AtomicReference<>(Instant.parse("2026-03-29T00:20:00.123456Z"));
    private final ExecutorService lane = Executors.newSingleThreadExecutor();
    private final Query query;
    final Mirror mirror = new Mirror();
    private Server server;
    private Subscriber subscriber;

    Run(Path data, int shards, Random random) {
      this.data = data;
      this.shards = shards;
      this.random = random;
      this.traffic = new RandomTraffic(random);
      this.query = RandomLiveQuery.next(random, now.get());
      data.toFile().mkdirs();
      this.server = new Server(data, shards, now::get);
      this.subscriber = server.subscribe(query, mirror, lane);
    }

    void go() throws Exception {
      for (int step = 0; step < STEPS; step++) {
        step();
        check();
      }
      settle();
      check();
    }

    private void step() throws Exception {
      switch (random.nextInt(12)) {
        case 0 -> now.updateAndGet(time -> time.plusMillis(random.nextInt(60_000)));
        case 1 -> now.updateAndGet(time -> time.plusSeconds(random.nextInt(7_200)));
        case 2 -> now.updateAndGet(time -> time.minusSeconds(random.nextInt(600)));
        case 3 -> mirror.setReady(false);
        case 4 -> {
          mirror.setReady(true);
          subscriber.ready();
        }
        case 5 -> {
          subscriber.cancel();
          subscriber = server.subscribe(query, mirror, lane);
        }
        case 6 -> {
          if (random.nextInt(4) == 0) {
            restart();
          }
        }
        case 7 -> settle();
        default -> server.ingest(traffic.batch(now.get()));
      }
    }

    private void restart() throws Exception {
      server.close();
      // What its lane was still to do.
      lane.submit(() -> {}).get(10, TimeUnit.SECONDS);
      server = new Server(data, shards, now::get);
      subscriber = server.subscribe(query, mirror, lane);
    }

    /** Waits until the subscriber knows all that was acknowledged. */
    private void settle() {
      mirror.setReady(true);
      subscriber.ready();
      Position all = server.storage.position(Caller.DEFAULT_PROJECT);
      await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(2))
          .until(
              () -> {
                RuntimeException failure = mirror.failure();
                if (failure != null) {
                  throw failure;
                }
                Mirror.Known known = mirror.known();
                if (known == null) {
                  return false;
                }
                // Changes that change no row aren't told at once, so the answer decides.
                return Position.parse(known.update().getPosition()).includes(all)
                    || same(known.rows(), server.ask(query, "", now.get()));
              });
    }

    private void check() {
      Mirror.Known known = mirror.known();
      if (known != null) {
        var at = known.update().getEvaluatedAt();
        Map<Row, Row> fresh =
            server.ask(
                query,
                known.update().getPosition(),
                Instant.ofEpochSecond(at.getSeconds(), at.getNanos()));
        assertThat(same(known.rows(), fresh))
            .as(() -> "%s%nknown %s%nfresh %s".formatted(query, known.rows(), fresh))
            .isTrue();
      }
    }

    @Override
    public void close() {
      server.close();
      lane.shutdownNow();
    }
  }

  /** The parts of a server that matter here. */
  private static final class Server implements AutoCloseable {
    final Storage storage;
    private final IngestPipeline ingest;
    private final Subscriptions subscriptions;

    Server(Path data, int shards, InstantSource clock) {
      storage = LmdbStorage.open(data, StorageConfig.DEFAULT.withShards(shards));
      SimpleMeterRegistry meters = new SimpleMeterRegistry();
      ingest = new IngestPipeline(storage, EventLimits.DEFAULT, null, clock, meters);
      QueryEngine engine = new QueryEngine(storage, clock, LIMITS);
      subscriptions =
          new Subscriptions(
              storage,
              (project, query) -> new LiveQuery(new RepeatedQuery(engine, project, query)),
              project -> {
                throw new IllegalStateException("not asked for");
              },
              new LiveLimits(10, 1),
              new Pace(Duration.ofMillis(100), 1, Duration.ofSeconds(30)),
              new StreamSlots(10, 10),
              new Announcements(),
              new LiveMetrics(meters));
    }

    Subscriber subscribe(Query query, Mirror mirror, ExecutorService lane) {
      SubscribeRequest request =
          SubscribeRequest.newBuilder()
              .setQuery(query)
              .setResumePosition(mirror.position())
              .setMinInterval(com.google.protobuf.util.Durations.fromMillis(10))
              .build();
      return subscriptions.open(
          request, new Subscriptions.Reader("test", Caller.DEFAULT_PROJECT, lane, false, mirror));
    }

    void ingest(byte[] batch) throws Exception {
      ingest
          .submit(ingest.decode(OriginalFormat.PROTOBUF, batch), Caller.ANYONE)
          .get(10, TimeUnit.SECONDS);
    }

    Map<Row, Row> ask(Query query, String position, Instant at) {
      QueryEngine then = new QueryEngine(storage, InstantSource.fixed(at), LIMITS);
      List<QueryResponse> answers = new ArrayList<>();
      new QueryServiceImpl(then, () -> Caller.ANYONE, new SimpleMeterRegistry())
          .query(
              QueryRequest.newBuilder().setQuery(query).setAsOfPosition(position).build(),
              new StreamObserver<>() {
                @Override
                public void onNext(QueryResponse answer) {
                  answers.add(answer);
                }

                @Override
                public void onError(Throwable error) {
                  throw new AssertionError(error);
                }

                @Override
                public void onCompleted() {}
              });
      Map<Row, Row> rows = new HashMap<>();
      answers.getFirst().getRowsList().forEach(row -> rows.put(Mirror.key(row), row));
      return rows;
    }

    @Override
    public void close() {
      subscriptions.close();
      storage.close();
    }
  }

  private static boolean same(Map<Row, Row> a, Map<Row, Row> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream().allMatch(entry -> same(entry.getValue(), b.get(entry.getKey())));
  }

  private static boolean same(Row a, Row b) {
    return near(a.getValuesMap(), b.getValuesMap())
        && near(a.getPreviousMap(), b.getPreviousMap())
        && a.toBuilder()
            .clearValues()
            .clearPrevious()
            .build()
            .equals(b.toBuilder().clearValues().clearPrevious().build());
  }

  private static boolean near(Map<String, Double> a, Map<String, Double> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream()
            .allMatch(
                entry -> {
                  double x = entry.getValue();
                  double y = b.get(entry.getKey());
                  return Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y));
                });
  }
}
