package dev.millrace.server.storage.shard;

import static dev.millrace.server.storage.kit.EngineDriver.append;
import static dev.millrace.server.storage.kit.EngineDriver.apply;
import static dev.millrace.server.storage.kit.EngineDriver.ids;
import static dev.millrace.server.storage.kit.TestBatches.batch;
import static dev.millrace.server.storage.kit.TestBatches.numbered;
import static dev.millrace.server.storage.kit.TestBatches.rejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.kit.FaultyTables;
import dev.millrace.server.storage.kit.TestBatches;
import dev.millrace.server.storage.kit.TestBatches.Event;
import dev.millrace.server.storage.memory.MemoryTables;
import dev.millrace.server.storage.segments.SealingLimits;
import dev.millrace.server.storage.segments.SegmentCache;
import dev.millrace.server.storage.segments.SegmentStore;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ShardEngineTest {
  private static final ShardLimits LIMITS = limits(1000);

  private final MemoryTables memory = new MemoryTables(Duration.ofMillis(10));
  private final FaultyTables tables = new FaultyTables(memory);
  private final MemoryTables sealed = new MemoryTables(Duration.ofMillis(10));
  private ShardEngine engine = engine(LIMITS);

  private static ShardLimits limits(int idsInMemory) {
    return new ShardLimits(Duration.ofDays(7), idsInMemory, 100, 1 << 20, SealingLimits.DEFAULT);
  }

  private ShardEngine engine(ShardLimits limits) {
    return new ShardEngine(
        tables, new SegmentStore(sealed, new SegmentCache(1 << 20)), 0, 1, limits);
  }

  private static ShardEngine engine(Tables tables, ShardLimits limits) {
    return new ShardEngine(tables, segments(), 0, 1, limits);
  }

  private static SegmentStore segments() {
    return new SegmentStore(new MemoryTables(Duration.ofMillis(10)), new SegmentCache(1 << 20));
  }

  private static List<Event> events(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> Event.of("e" + i, "u" + i % 7)).toList();
  }

  @Test
  void a_position_already_applied_is_dropped() {
    engine.apply(0, append(batch(events(0, 10))));
    engine.commit();
    assertThat(engine.apply(0, append(batch(events(10, 20)))))
        .isInstanceOf(Verdict.AlreadyApplied.class);
    engine.commit();
    assertThat(ids(engine)).hasSize(10);
    assertThat(engine.position()).isEqualTo(1);
  }

  @Test
  void a_position_left_out_is_refused() {
    assertThatThrownBy(() -> engine.apply(1, append(batch(events(0, 10)))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void an_aborted_transaction_leaves_nothing_behind() {
    apply(engine, numbered("a", 1, 1, events(0, 10)));
    engine.commit();
    apply(engine, numbered("a", 1, 2, events(10, 20)));
    apply(engine, rejected(BatchHeader.of("p"), "x"));
    engine.abort();
    assertThat(engine.position()).isEqualTo(1);
    assertThat(apply(engine, numbered("a", 1, 2, events(10, 20))))
        .isInstanceOfSatisfying(
            Verdict.Appended.class, verdict -> assertThat(verdict.accepted()).isEqualTo(10));
    engine.commit();
    assertThat(ids(engine)).hasSize(20).doesNotHaveDuplicates();
    try (ProjectView view = engine.snapshot("p")) {
      assertThat(view.rejections(null, 10)).isEmpty();
    }
  }

  @Test
  void a_failed_commit_can_be_repeated() {
    apply(engine, batch(events(0, 10)));
    engine.commit();
    apply(engine, batch(events(5, 15)));
    tables.failAfter(3, () -> new StorageException.Full("test", null));
    assertThatThrownBy(engine::commit).isInstanceOf(StorageException.Full.class);
    tables.work();
    assertThat(ids(engine)).hasSize(10);
    apply(engine, batch(events(5, 15)));
    engine.commit();
    assertThat(ids(engine)).hasSize(15).doesNotHaveDuplicates();
  }

  @Test
  void batches_of_one_commit_share_blocks() {
    for (int i = 0; i < 10; i++) {
      apply(engine, batch(events(i * 10, i * 10 + 10)));
    }
    engine.commit();
    List<Integer> rows = new ArrayList<>();
    try (ProjectView view = engine.snapshot("p")) {
      view.scan(
          ScanRange.ALL,
          block -> {
            rows.add(block.rows());
            return true;
          });
    }
    assertThat(rows).containsExactly(100);
  }

  @Test
  void the_clock_does_not_go_back() {
    long later = 2_000_000_000_000_000L;
    apply(engine, batch(BatchHeader.of("p"), events(0, 1), later));
    apply(engine, batch(BatchHeader.of("p"), events(1, 2), later - 1));
    engine.commit();
    assertThat(apply(engine, batch(BatchHeader.of("p"), events(0, 2), 1)))
        .isInstanceOfSatisfying(
            Verdict.Appended.class, verdict -> assertThat(verdict.accepted()).isZero());
  }

  @Test
  void tables_of_another_shard_are_refused() {
    apply(engine, batch(events(0, 1)));
    engine.commit();
    assertThatThrownBy(() -> new ShardEngine(memory, segments(), 1, 2, LIMITS))
        .isInstanceOf(StorageException.Corrupt.class);
  }

  @Test
  void a_copy_taken_over_goes_on_where_it_was_made(@TempDir Path directory) {
    for (int i = 0; i < 30; i++) {
      apply(engine, batch(events(i * 100, i * 100 + 100)));
      engine.commit();
    }
    engine.snapshotTo(directory);
    ShardEngine other = engine(new MemoryTables(Duration.ofMillis(10)), LIMITS);
    apply(other, batch(events(9_000, 9_010)));
    other.commit();
    other.replaceFrom(directory);
    assertThat(other.position()).isEqualTo(engine.position());
    assertThat(ids(other)).isEqualTo(ids(engine));
    assertThat(((Verdict.Appended) apply(other, batch(events(0, 3_000)))).accepted()).isZero();
  }

  @Test
  void where_old_events_are_is_forgotten_with_their_ids() {
    SealingLimits unmerged = new SealingLimits(1 << 18, Duration.ofMinutes(5), 64, 64);
    ShardLimits limits = new ShardLimits(Duration.ofDays(7), 50, 100, 1 << 20, unmerged);
    engine = engine(limits);
    long week = Duration.ofDays(7).toNanos() / 1_000;
    for (int i = 0; i < 40; i++) {
      long received = TestBatches.RECEIVED + i * week / 10;
      for (String project : List.of("p", "q")) {
        EventBatch batch = batch(BatchHeader.of(project), events(i * 10, i * 10 + 10), received);
        int[] rows = IntStream.range(0, 10).toArray();
        engine.apply(engine.position(), new ShardMutation.Append(project, batch, rows, 10, false));
      }
      sealAfter(engine, 1_000 + i * 10, 1_010 + i * 10);
    }
    int[] runs = new int[1];
    try (var snapshot = memory.snapshot()) {
      snapshot.scan(Table.ORDINALS, new byte[1], (key, value) -> ++runs[0] > 0);
    }
    // Two projects take turns, and what is within the window and not written out yet is kept.
    assertThat(runs[0]).isBetween(20, 50);
    long now = TestBatches.RECEIVED + 39 * week / 10;
    engine = engine(limits);
    EventBatch again = batch(BatchHeader.of("p"), events(300, 400), now);
    assertThat(((Verdict.Appended) apply(engine, again)).accepted()).isZero();
  }

  @Test
  void a_copy_is_whole_whatever_is_sealed_while_it_is_made(@TempDir Path directory) {
    FaultyTables copied = new FaultyTables(new MemoryTables(Duration.ofMillis(10)));
    SegmentStore segments = new SegmentStore(copied, new SegmentCache(1 << 20));
    ShardEngine busy = new ShardEngine(tables, segments, 0, 1, LIMITS);
    sealAfter(busy, 0, 300);
    apply(busy, batch(events(300, 500)));
    busy.commit();
    // Between the two parts of the copy what it has as blocks is sealed, and more comes.
    copied.afterCopy(() -> sealAfter(busy, 500, 600));
    busy.snapshotTo(directory);
    sealAfter(busy, 600, 700);
    ShardEngine other = engine(new MemoryTables(Duration.ofMillis(10)), LIMITS);
    sealAfter(other, 9_000, 9_010);
    other.replaceFrom(directory);
    assertThat(ids(other)).hasSize(600).isEqualTo(ids(busy).subList(0, 600));
    assertThat(((Verdict.Appended) apply(other, batch(events(0, 700)))).accepted()).isEqualTo(100);
    other.commit();
    sealAfter(other, 700, 710);
    assertThat(ids(other)).hasSize(710).doesNotHaveDuplicates();
  }

  private static void sealAfter(ShardEngine engine, int from, int to) {
    apply(engine, batch(events(from, to)));
    engine.commit();
    while (engine.sealing().stepAll() || engine.needsMaintenance()) {
      engine.maintain();
    }
  }

  /** Every call of a transaction fails once, in a run with flushes and merges under way. */
  @ParameterizedTest
  @ValueSource(ints = {40, 200})
  void a_failure_at_any_call_loses_and_doubles_nothing(int idsInMemory) {
    int call = 0;
    boolean met = true;
    while (met) {
      MemoryTables fresh = new MemoryTables(Duration.ofMillis(10));
      FaultyTables faulty = new FaultyTables(fresh);
      ShardEngine first = engine(faulty, limits(idsInMemory));
      faulty.failAfter(call, () -> new StorageException.Full("test", null));
      met = false;
      for (int i = 0; i < 12; i++) {
        EventBatch batch = numbered("a", 1, i + 1, events(i * 30, i * 30 + 40));
        try {
          apply(first, batch);
          first.commit();
        } catch (StorageException.Full _) {
          met = true;
          first.abort();
          faulty.work();
          // Half of the time the process ends here.
          if (call % 2 == 0) {
            first = engine(faulty, limits(idsInMemory));
          }
          apply(first, batch);
          first.commit();
        }
      }
      faulty.work();
      assertThat(ids(first)).as("call %d", call).hasSize(370).doesNotHaveDuplicates();
      ShardEngine reopened = engine(faulty, limits(idsInMemory));
      assertThat(((Verdict.Appended) apply(reopened, batch(events(0, 370)))).accepted())
          .as("call %d", call)
          .isZero();
      call++;
    }
    assertThat(call).isGreaterThan(100);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void random_histories_match_a_naive_model(long seed) {
    Random random = new Random(seed);
    ShardLimits small = limits(50 + random.nextInt(300));
    engine = engine(small);
    Set<String> committed = new HashSet<>();
    Set<String> staged = new HashSet<>();
    for (int step = 0; step < 600; step++) {
      int from = random.nextInt(20) == 0 ? 0 : step * 10 - random.nextInt(200);
      List<Event> events = events(Math.max(0, from), Math.max(0, from) + 1 + random.nextInt(60));
      Verdict.Appended verdict = (Verdict.Appended) apply(engine, batch(events));
      int fresh = 0;
      for (Event event : events) {
        if (!committed.contains(event.id()) && staged.add(event.id())) {
          fresh++;
        }
      }
      assertThat(verdict.accepted()).as("seed %d, step %d", seed, step).isEqualTo(fresh);
      switch (random.nextInt(12)) {
        case 0, 1 -> {
          // Goes on staging.
        }
        case 2 -> {
          engine.abort();
          staged.clear();
        }
        case 3 -> {
          engine = engine(small);
          staged.clear();
        }
        case 4 -> {
          engine.commit();
          committed.addAll(staged);
          staged.clear();
          while (engine.needsMaintenance()) {
            engine.maintain();
          }
        }
        default -> {
          engine.commit();
          committed.addAll(staged);
          staged.clear();
        }
      }
    }
    assertThat(new HashSet<>(ids(engine))).isEqualTo(committed);
    assertThat(engine.rememberedIds()).isEqualTo(committed.size());
  }
}
