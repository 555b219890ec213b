package dev.millrace.server.storage.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.storage.memory.MemoryTables;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.WriteTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Remembered ids against a list of all events, whatever happens in between. */
final class RememberedIdsProperties {
  private static final Duration WINDOW = Duration.ofSeconds(1);
  private static final long WINDOW_MICROS = 1_000_000;

  /** What can happen to a shard's remembered ids. */
  enum Step {
    COMMIT,
    COMMIT_MUCH,
    MAINTAIN,
    ABORT,
    RESTART,
    TIME_PASSES
  }

  /** How the hashes are distributed. */
  enum Hashes {
    UNIFORM {
      @Override
      long next(Random random) {
        return random.nextLong();
      }
    },
    FEW {
      @Override
      long next(Random random) {
        return random.nextInt(20) * 0x9E3779B97F4A7C15L;
      }
    },
    CROWDED {
      @Override
      long next(Random random) {
        return 77L + random.nextInt(100_000);
      }
    },
    EXTREME {
      @Override
      long next(Random random) {
        return random.nextBoolean() ? random.nextInt(3) - 1L : 1L << random.nextInt(64);
      }
    };

    abstract long next(Random random);
  }

  private record Remembered(long hash, long acceptedMicros) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Arbitraries.of(Step.class).list().ofMinSize(5).ofMaxSize(60);
  }

  @Property(tries = 150)
  void every_event_within_the_window_is_found_and_marked(
      @ForAll("steps") List<Step> steps, @ForAll Hashes hashes, @ForAll long seed) {
    Shard shard = new Shard(hashes, new Random(seed));
    steps.forEach(shard::take);
    shard.check();
    shard.take(Step.RESTART);
    shard.check();
    shard.settle();
    shard.check();
  }

  private static final class Shard {
    private static final int TABLE_IDS = 60;

    private final MemoryTables tables = new MemoryTables(Duration.ofMillis(10));
    private final List<Remembered> events = new ArrayList<>();
    private final Hashes hashes;
    private final Random random;
    private RememberedIds ids;
    private long now = 5 * WINDOW_MICROS;

    Shard(Hashes hashes, Random random) {
      this.hashes = hashes;
      this.random = random;
      this.ids = load();
    }

    private RememberedIds load() {
      try (ReadSnapshot snapshot = tables.snapshot()) {
        return RememberedIds.load(snapshot, TABLE_IDS, WINDOW);
      }
    }

    void take(Step step) {
      switch (step) {
        case COMMIT -> commit(random.nextInt(30), 40);
        case COMMIT_MUCH -> commit(200 + random.nextInt(200), 10);
        case MAINTAIN -> commit(0, 100);
        case ABORT -> abort();
        case RESTART -> restart();
        case TIME_PASSES -> now += random.nextLong(WINDOW_MICROS);
      }
    }

    private void commit(int count, int budget) {
      WriteTransaction transaction = tables.begin();
      ids.maintain(transaction, budget, now);
      transaction.commit();
      long[] added = new long[count];
      long first = events.size();
      for (int i = 0; i < count; i++) {
        added[i] = hashes.next(random);
        events.add(new Remembered(added[i], now));
      }
      ids.add(added, count, first, now);
      ids.committed(events.size());
    }

    private void abort() {
      WriteTransaction transaction = tables.begin();
      ids.maintain(transaction, 1 + random.nextInt(200), now);
      transaction.abort();
      ids.aborted();
    }

    // As after a kill: what a transaction under way has done is lost, the log is read again.
    private void restart() {
      WriteTransaction transaction = tables.begin();
      ids.maintain(transaction, 1 + random.nextInt(200), now);
      transaction.abort();
      ids.close();
      ids = load();
      for (int i = Math.toIntExact(ids.flushedTo()); i < events.size(); i++) {
        Remembered event = events.get(i);
        ids.add(new long[] {event.hash}, 1, i, event.acceptedMicros);
      }
      ids.committed(events.size());
    }

    void settle() {
      for (int i = 0; ids.hasWork(); i++) {
        assertThat(i).as("steps until there is nothing to do").isLessThan(2_000);
        commit(0, 100);
      }
    }

    void check() {
      long[] all = new long[events.size()];
      for (int i = 0; i < all.length; i++) {
        all[i] = events.get(i).hash;
      }
      byte[] marks = new byte[all.length];
      ids.mark(all, all.length, marks);
      try (ReadSnapshot snapshot = tables.snapshot()) {
        for (int i = 0; i < all.length; i += 1 + random.nextInt(8)) {
          if (events.get(i).acceptedMicros >= now - WINDOW_MICROS) {
            assertThat(marks[i]).as("mark of event %d", i).isEqualTo((byte) 1);
            assertThat(candidates(snapshot, all[i])).contains((long) i);
          }
        }
      }
    }

    private Set<Long> candidates(ReadSnapshot snapshot, long hash) {
      Set<Long> found = new HashSet<>();
      ids.find(
          snapshot,
          hash,
          ordinal -> {
            assertThat(ordinal).isBetween(0L, events.size() - 1L);
            found.add(ordinal);
            return true;
          });
      return found;
    }
  }
}
