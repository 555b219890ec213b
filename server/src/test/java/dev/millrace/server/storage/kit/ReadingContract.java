package dev.millrace.server.storage.kit;

import static dev.millrace.server.storage.kit.TestBatches.RECEIVED;
import static dev.millrace.server.storage.kit.TestBatches.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.event.EventBatch;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Mutation.AppendEvents;
import dev.millrace.server.storage.Mutation.DropEvents;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.kit.StoreReader.Stored;
import dev.millrace.server.storage.kit.TestBatches.Event;
import dev.millrace.server.storage.node.StorageConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What every store promises of reading, and of dropping, what it took; sealed or not. */
@ParameterizedClass
@EnumSource(SealingState.class)
abstract class ReadingContract {
  private static final StorageConfig CONFIG =
      StorageConfig.DEFAULT.withMapBytes(256L << 20).withIds(Duration.ofDays(7), 1000);

  @Parameter private SealingState state;
  protected Storage storage;

  /** Opens an empty store with this number of shards. */
  protected abstract Storage create(StorageConfig config);

  protected abstract int shards();

  protected final StorageConfig config() {
    return CONFIG.withShards(shards());
  }

  final Storage open(StorageConfig config) {
    return state.open(config, this::create);
  }

  @BeforeEach
  void open() {
    storage = open(config());
  }

  @AfterEach
  void close() {
    storage.close();
  }

  protected static List<Event> events(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> Event.of("e" + i, "u" + i % 7)).toList();
  }

  protected final Receipt append(EventBatch batch) {
    return storage.apply(new AppendEvents("p", batch)).join();
  }

  @Test
  void a_snapshot_does_not_change() {
    append(batch(events(0, 10)));
    try (Snapshot snapshot = storage.snapshot("p")) {
      Position before = snapshot.position();
      append(batch(events(10, 20)));
      assertThat(StoreReader.read(snapshot, ScanRange.ALL)).hasSize(10);
      assertThat(snapshot.position()).isEqualTo(before);
      assertThat(storage.position("p").includes(before)).isTrue();
    }
    assertThat(StoreReader.ids(storage, "p")).hasSize(20);
  }

  @Test
  void what_is_acknowledged_is_in_every_later_snapshot() {
    for (int i = 0; i < 100; i++) {
      Receipt receipt = append(batch(events(i * 3, i * 3 + 3)));
      try (Snapshot snapshot = storage.snapshot("p")) {
        assertThat(snapshot.position().includes(receipt.position())).isTrue();
        long events = snapshot.run(ShardView::events, Long::sum);
        assertThat(events).isEqualTo(i * 3L + 3);
      }
    }
  }

  @Test
  void a_scan_stays_within_its_range() {
    List<Event> events =
        IntStream.range(0, 300)
            .mapToObj(i -> new Event("e" + i, "u", RECEIVED + i * 1_000_000L))
            .toList();
    for (int i = 0; i < 300; i += 30) {
      append(batch(events.subList(i, i + 30)));
    }
    try (Snapshot snapshot = storage.snapshot("p")) {
      ScanRange times =
          new ScanRange(RECEIVED + 45_000_000L, RECEIVED + 75_000_000L, 0, Long.MAX_VALUE);
      assertThat(StoreReader.read(snapshot, times)).hasSize(30);
      ScanRange sequences = new ScanRange(Long.MIN_VALUE, Long.MAX_VALUE, 45, 75);
      assertThat(StoreReader.read(snapshot, sequences))
          .extracting(Stored::sequence)
          .containsExactlyElementsOf(IntStream.range(45, 75).mapToObj(i -> (long) i).toList());
    }
  }

  @Test
  void a_scan_by_time_goes_from_either_end() {
    for (int i : new int[] {40, 0, 90, 20}) {
      append(batch(List.of(new Event("e" + i, "u", RECEIVED + i))));
    }
    for (boolean newest : new boolean[] {false, true}) {
      List<Long> bounds = new ArrayList<>();
      try (Snapshot snapshot = storage.snapshot("p")) {
        snapshot.run(
            view -> {
              view.scanByTime(
                  ScanRange.ALL,
                  newest,
                  block -> bounds.add(newest ? -block.maxTime() : block.minTime()));
              return 0;
            },
            Integer::sum);
      }
      assertThat(bounds).isSorted().isNotEmpty();
    }
  }

  @Test
  void a_scan_ends_when_the_visitor_has_enough() {
    for (int i = 0; i < 5; i++) {
      append(batch(List.of(Event.of("e" + i, "u"))));
      assertThat(StoreReader.ids(storage, "p")).hasSize(i + 1);
    }
    AtomicInteger visited = new AtomicInteger();
    try (Snapshot snapshot = storage.snapshot("p")) {
      snapshot.run(
          view -> {
            view.scan(ScanRange.ALL, block -> visited.incrementAndGet() < 1);
            return 0;
          },
          Integer::sum);
    }
    assertThat(visited).hasValue(1);
  }

  @Test
  void a_fold_sees_what_a_scan_sees() {
    for (int i = 0; i < 6; i++) {
      append(batch(events(i * 50, i * 50 + 50)));
      assertThat(StoreReader.ids(storage, "p")).hasSize(i * 50 + 50);
    }
    ScanRange range = new ScanRange(Long.MIN_VALUE, Long.MAX_VALUE, 20, Long.MAX_VALUE);
    try (Snapshot snapshot = storage.snapshot("p")) {
      List<Long> folded =
          snapshot.run(
              view ->
                  view.fold(
                      range,
                      ReadingContract::none,
                      (sequences, block) -> sequences(block, range).forEach(sequences::add),
                      ReadingContract::joined),
              ReadingContract::joined);
      assertThat(folded)
          .containsExactlyInAnyOrderElementsOf(
              StoreReader.read(snapshot, range).stream().map(Stored::sequence).toList());
      assertThatThrownBy(() -> snapshot.run(this::failingFold, (one, _) -> one))
          .isInstanceOf(IllegalStateException.class);
      assertThat(StoreReader.read(snapshot, ScanRange.ALL)).hasSize(300);
    }
  }

  private List<Long> failingFold(ShardView view) {
    return view.fold(
        ScanRange.ALL,
        ReadingContract::none,
        (_, _) -> {
          throw new IllegalStateException("no");
        },
        ReadingContract::joined);
  }

  private static LongStream sequences(EventBlock block, ScanRange range) {
    return Arrays.stream(block.sequences()).filter(sequence -> sequence >= range.fromSequence());
  }

  private static List<Long> none() {
    return new ArrayList<>();
  }

  private static List<Long> joined(List<Long> one, List<Long> other) {
    one.addAll(other);
    return one;
  }

  @Test
  void events_are_dropped_for_their_age_only() {
    for (int i = 0; i < 10; i++) {
      int from = i * 20;
      append(
          batch(
              IntStream.range(from, from + 20)
                  .mapToObj(n -> new Event("e" + n, "u", RECEIVED + n))
                  .toList()));
      assertThat(StoreReader.ids(storage, "p")).hasSize(from + 20);
    }
    Position before = storage.position("p");
    storage.apply(new DropEvents("p", RECEIVED + 110)).join();
    List<String> left = StoreReader.ids(storage, "p");
    assertThat(left).doesNotHaveDuplicates().containsAll(ids(100, 200));
    // Batches that no segment has together with later ones are gone as a whole.
    assertThat(left.size() % 20).isZero();
    assertThat(StoreReader.ids(storage, "p")).isSubsetOf(left);
    assertThat(storage.position("p")).isEqualTo(before);
    try (Snapshot snapshot = storage.snapshot("p")) {
      assertThat(snapshot.run(ShardView::events, Long::sum)).isLessThanOrEqualTo(left.size());
    }
    storage.apply(new DropEvents("p", Long.MAX_VALUE)).join();
    assertThat(StoreReader.ids(storage, "p")).isEmpty();
    append(batch(List.of(new Event("later", "u", RECEIVED))));
    assertThat(StoreReader.ids(storage, "p")).isEmpty();
    assertThat(storage.stats().events()).isLessThanOrEqualTo(201);
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(n -> "e" + n).toList();
  }

  @Test
  void a_failing_question_leaves_the_snapshot_usable() {
    append(batch(events(0, 10)));
    try (Snapshot snapshot = storage.snapshot("p")) {
      assertThatThrownBy(
              () ->
                  snapshot.run(
                      view -> {
                        throw new IllegalStateException("no");
                      },
                      (one, other) -> one))
          .isInstanceOf(IllegalStateException.class);
      assertThat(StoreReader.read(snapshot, ScanRange.ALL)).hasSize(10);
    }
  }
}
