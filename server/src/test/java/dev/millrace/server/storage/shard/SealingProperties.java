package dev.millrace.server.storage.shard;

import static dev.millrace.server.storage.kit.TestBatches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.Column;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.kit.FaultyTables;
import dev.millrace.server.storage.kit.TestBatches;
import dev.millrace.server.storage.kit.TestBatches.Event;
import dev.millrace.server.storage.memory.MemoryTables;
import dev.millrace.server.storage.segments.SealingLimits;
import dev.millrace.server.storage.segments.SegmentCache;
import dev.millrace.server.storage.segments.SegmentStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * A shard against a list of all events, whatever is sealed, merged, dropped and copied in between,
 * and whichever call of its tables fails or is the last before a crash.
 */
final class SealingProperties {
  private static final int TRIES = Integer.getInteger("millrace.sealing.tries", 0);
  private static final long RECEIVED = TestBatches.RECEIVED;

  /** What can happen to a shard. */
  enum Step {
    APPEND,
    APPEND_AGAIN,
    APPEND_TWO_PROJECTS,
    SEAL,
    SEAL_ALL,
    MAINTAIN,
    DROP,
    RESTART,
    FAIL_LOG,
    FAIL_SEGMENTS,
    CHECK
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.of(Step.APPEND, Step.APPEND_TWO_PROJECTS)),
            Tuple.of(6, Arbitraries.of(Step.SEAL, Step.SEAL_ALL, Step.MAINTAIN)),
            Tuple.of(3, Arbitraries.of(Step.FAIL_LOG, Step.FAIL_SEGMENTS)),
            Tuple.of(4, Arbitraries.of(Step.APPEND_AGAIN, Step.DROP, Step.RESTART, Step.CHECK)))
        .list()
        .ofMinSize(10)
        .ofMaxSize(80);
  }

  @Property(tries = 200)
  void nothing_is_lost_doubled_or_seen_again(@ForAll("steps") List<Step> steps, @ForAll long seed) {
    for (int extra = 0; extra <= TRIES / 200; extra++) {
      History history = new History(new Random(seed + extra));
      steps.forEach(history::take);
      history.finish();
    }
  }

  /** A shard and what must be in it. */
  private static final class History {
    private final MemoryTables log = new MemoryTables(Duration.ofMillis(10));
    private final MemoryTables sealed = new MemoryTables(Duration.ofMillis(10));
    private final FaultyTables faultyLog = new FaultyTables(log);
    private final FaultyTables faultySealed = new FaultyTables(sealed);
    private final Random random;
    private final ShardLimits limits;
    private final Map<String, Model> models = new LinkedHashMap<>();
    private int next;
    private ShardEngine engine;

    History(Random random) {
      this.random = random;
      SealingLimits sealing =
          new SealingLimits(
              1 + random.nextInt(60), Duration.ofDays(1000), 2 + random.nextInt(2), 200);
      this.limits =
          new ShardLimits(Duration.ofDays(7), 10 + random.nextInt(200), 100, 1 << 20, sealing);
      this.engine = open();
      models.put("p", new Model());
      models.put("q", new Model());
    }

    private ShardEngine open() {
      SegmentStore segments = new SegmentStore(faultySealed, new SegmentCache(1 << 16));
      return new ShardEngine(faultyLog, segments, 0, 1, limits);
    }

    void take(Step step) {
      try {
        run(step);
      } catch (StorageException.Full _) {
        engine.abort();
        works();
        if (random.nextBoolean()) {
          engine = open();
        }
        check();
      }
    }

    private void run(Step step) {
      switch (step) {
        case APPEND -> append("p", next);
        case APPEND_AGAIN -> append("p", Math.max(0, next - random.nextInt(100)));
        case APPEND_TWO_PROJECTS -> {
          append("p", next);
          append("q", next);
        }
        case SEAL -> engine.sealing().step(RECEIVED);
        case SEAL_ALL -> {
          while (engine.sealing().stepAll()) {
            // Until there is nothing left to do.
          }
        }
        case MAINTAIN -> {
          while (engine.needsMaintenance()) {
            engine.maintain();
          }
        }
        case DROP -> drop();
        case RESTART -> engine = open();
        case FAIL_LOG -> faultyLog.failAfter(random.nextInt(40), History::full);
        case FAIL_SEGMENTS -> faultySealed.failAfter(random.nextInt(12), History::full);
        case CHECK -> check();
      }
    }

    private static StorageException.Full full() {
      return new StorageException.Full("test", null);
    }

    private void works() {
      faultyLog.work();
      faultySealed.work();
    }

    private void append(String project, int from) {
      List<Event> events = new ArrayList<>();
      for (int i = from; i < from + 1 + random.nextInt(40); i++) {
        events.add(new Event("e" + i, "u" + i % 3, time(i)));
      }
      next = Math.max(next, from + events.size());
      int[] rows = IntStream.range(0, events.size()).toArray();
      Verdict verdict =
          engine.apply(
              engine.position(),
              new ShardMutation.Append(
                  project,
                  batch(BatchHeader.of(project), events, RECEIVED),
                  rows,
                  rows.length,
                  false));
      engine.commit();
      models.get(project).appended(events, ((Verdict.Appended) verdict).sequences());
    }

    // Times go up and down, so that segments overlap in time.
    private static long time(int i) {
      return RECEIVED + i * 10L + i * 7919L % 400;
    }

    private void drop() {
      String project = random.nextBoolean() ? "p" : "q";
      long before = RECEIVED + random.nextInt(Math.max(1, next * 10));
      engine.apply(engine.position(), new ShardMutation.DropEvents(project, before));
      engine.commit();
      models.get(project).dropped(before);
    }

    private void check() {
      works();
      models.forEach((project, model) -> model.check(engine, project));
    }

    void finish() {
      works();
      check();
      while (engine.sealing().stepAll() || engine.needsMaintenance()) {
        engine.maintain();
      }
      check();
      engine = open();
      check();
      assertThat(engine.sealing().unsealedEvents()).isZero();
      assertThat(engine.sealing().step(RECEIVED)).as("left to do").isFalse();
      long named = engine.sealed().bytes();
      assertThat(sealed.usage().bytes())
          .as("bytes beside those of segments")
          .isLessThan(named + 200 * (20 + engine.sealed().segments()));
    }
  }

  /** What is known of a project. */
  private static final class Model {
    private final Map<String, Event> stored = new HashMap<>();
    private final Map<Long, String> bySequence = new TreeMap<>();
    private final TreeSet<String> gone = new TreeSet<>();
    private long retainedFrom = Long.MIN_VALUE;

    void appended(List<Event> events, long[] sequences) {
      for (int i = 0; i < events.size(); i++) {
        Event event = events.get(i);
        boolean duplicate = sequences[i] == Receipt.DUPLICATE;
        if (duplicate) {
          assertThat(stored).containsKey(event.id());
        } else {
          // An event that has gone may be sent again.
          boolean mayBeNew = !stored.containsKey(event.id()) || event.time() < retainedFrom;
          assertThat(mayBeNew).as("%s is new", event.id()).isTrue();
          String before = stored.containsKey(event.id()) ? event.id() : "";
          bySequence.values().remove(before);
          gone.remove(event.id());
          stored.put(event.id(), event);
          assertThat(bySequence.put(sequences[i], event.id())).isNull();
        }
      }
    }

    void dropped(long before) {
      retainedFrom = Math.max(retainedFrom, before);
    }

    void check(ShardEngine engine, String project) {
      Map<Long, String> seen = new TreeMap<>();
      List<String> folded;
      long events;
      try (ProjectView view = engine.snapshot(project)) {
        view.scan(
            ScanRange.ALL,
            block -> {
              add(block, seen);
              return true;
            });
        folded =
            view.fold(
                ScanRange.ALL,
                ArrayList::new,
                (ids, block) -> {
                  Map<Long, String> some = new TreeMap<>();
                  add(block, some);
                  ids.addAll(some.values());
                },
                (one, other) -> {
                  one.addAll(other);
                  return one;
                });
        events = view.events();
      }
      assertThat(events).isEqualTo(seen.size());
      assertThat(folded).containsExactlyInAnyOrderElementsOf(seen.values());
      assertThat(bySequence).containsAllEntriesOf(seen);
      bySequence.forEach(
          (sequence, id) -> {
            boolean there = seen.containsKey(sequence);
            boolean mayBeGone = stored.get(id).time() < retainedFrom;
            assertThat(there || mayBeGone).as("%s is there", id).isTrue();
            assertThat(there && gone.contains(id)).as("%s is back", id).isFalse();
            if (!there) {
              gone.add(id);
            }
          });
    }

    private static void add(EventBlock block, Map<Long, String> seen) {
      var ids = block.column(Column.Core.EVENT_ID);
      for (int row = 0; row < block.rows(); row++) {
        String id = ids.dictionary().text(ids.code(row));
        assertThat(seen.put(block.sequences()[row], id)).as("sequence twice").isNull();
      }
    }
  }
}
