package dev.millrace.server.storage.kit;

import static dev.millrace.server.storage.kit.TestBatches.RECEIVED;
import static dev.millrace.server.storage.kit.TestBatches.batch;
import static dev.millrace.server.storage.kit.TestBatches.numbered;
import static dev.millrace.server.storage.kit.TestBatches.rejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.storage.Mutation.AppendEvents;
import dev.millrace.server.storage.Mutation.DropRejections;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.StoredRejection;
import dev.millrace.server.storage.kit.StoreReader.Stored;
import dev.millrace.server.storage.kit.TestBatches.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store promises. Subclasses say how one is made, and with how many shards. */
public abstract class StorageContract extends ReadingContract {
  private Throwable failure(EventBatch batch) {
    CompletableFuture<Receipt> future = storage.apply(new AppendEvents("p", batch));
    return future.handle((receipt, cause) -> cause).join();
  }

  @Test
  void events_are_read_back_with_their_sequences() {
    Receipt receipt = append(batch(events(0, 20)));
    List<Stored> stored = StoreReader.read(storage, "p");
    assertThat(receipt.accepted()).isEqualTo(20);
    assertThat(receipt.duplicates()).isZero();
    assertThat(stored).hasSize(20);
    for (int row = 0; row < 20; row++) {
      long sequence = receipt.sequences()[row];
      String id = "e" + row;
      assertThat(stored).anyMatch(event -> event.sequence() == sequence && event.id().equals(id));
    }
  }

  @Test
  void sequences_are_contiguous_from_one_on_every_shard() {
    for (int i = 0; i < 5; i++) {
      append(batch(events(i * 50, i * 50 + 50)));
    }
    for (int shard = 0; shard < shards(); shard++) {
      int wanted = shard;
      List<Long> sequences =
          StoreReader.read(storage, "p").stream()
              .filter(event -> event.shard() == wanted)
              .map(Stored::sequence)
              .toList();
      assertThat(sequences)
          .isEqualTo(IntStream.rangeClosed(1, sequences.size()).mapToObj(i -> (long) i).toList());
    }
  }

  @Test
  void events_of_a_user_are_on_one_shard() {
    append(batch(events(0, 100)));
    Set<String> homes = new HashSet<>();
    StoreReader.read(storage, "p").forEach(event -> homes.add(event.user() + event.shard()));
    assertThat(homes).hasSize(7);
  }

  @Test
  void a_repeated_event_is_a_duplicate() {
    append(batch(events(0, 10)));
    Receipt again = append(batch(events(5, 15)));
    assertThat(again.accepted()).isEqualTo(5);
    assertThat(again.duplicates()).isEqualTo(5);
    assertThat(again.sequences()).startsWith(-1, -1, -1, -1, -1);
    assertThat(StoreReader.ids(storage, "p")).doesNotHaveDuplicates().hasSize(15);
  }

  @Test
  void an_event_twice_in_a_batch_is_a_duplicate() {
    Receipt receipt =
        append(batch(List.of(Event.of("a", "u"), Event.of("b", "u"), Event.of("a", "u"))));
    assertThat(receipt.sequences()).containsExactly(1, 2, Receipt.DUPLICATE);
  }

  @Test
  void the_same_id_of_another_user_is_another_event() {
    Receipt receipt =
        append(batch(List.of(Event.of("a", "u"), Event.of("a", "v"), Event.of("a", ""))));
    assertThat(receipt.accepted()).isEqualTo(3);
    assertThat(append(batch(List.of(Event.of("a", "")))).duplicates()).isEqualTo(1);
  }

  @Test
  void the_same_event_of_another_project_is_another_event() {
    append(batch(events(0, 3)));
    Receipt other = storage.apply(new AppendEvents("q", batch(events(0, 5)))).join();
    assertThat(other.accepted()).isEqualTo(5);
    assertThat(StoreReader.ids(storage, "p")).hasSize(3);
    assertThat(StoreReader.ids(storage, "q")).hasSize(5);
    assertThat(StoreReader.ids(storage, "r")).isEmpty();
  }

  @Test
  void two_events_of_one_hash_are_both_kept() {
    EventBatch batch = batch(List.of(Event.of("a", "u"), Event.of("b", "u")));
    batch.hashes(new long[] {42, 42}, new long[] {7, 7});
    assertThat(append(batch).accepted()).isEqualTo(2);
    EventBatch next = batch(List.of(Event.of("c", "u"), Event.of("a", "u"), Event.of("b", "u")));
    next.hashes(new long[] {42, 42, 42}, new long[] {7, 7, 7});
    Receipt receipt = append(next);
    assertThat(receipt.accepted()).isEqualTo(1);
    assertThat(receipt.duplicates()).isEqualTo(2);
  }

  @Test
  void rejected_and_filtered_rows_are_not_stored() {
    EventBatch batch = batch(events(0, 4));
    batch.filter(1);
    Receipt receipt = append(batch);
    assertThat(receipt.sequences()[1]).isEqualTo(Receipt.NOT_STORED);
    assertThat(receipt.accepted()).isEqualTo(3);
    assertThat(StoreReader.ids(storage, "p")).containsExactlyInAnyOrder("e0", "e2", "e3");
  }

  @Test
  void an_empty_batch_is_answered() {
    assertThat(append(batch(List.of())).accepted()).isZero();
    assertThat(append(numbered("a", 1, 1, List.of())).accepted()).isZero();
    assertThat(append(numbered("a", 1, 2, events(0, 1))).accepted()).isEqualTo(1);
  }

  @Test
  void a_numbered_batch_counts_once_whatever_it_holds() {
    append(numbered("a", 1, 1, events(0, 10)));
    Receipt again = append(numbered("a", 1, 1, events(20, 30)));
    assertThat(again.accepted()).isZero();
    assertThat(again.duplicates()).isEqualTo(10);
    assertThat(StoreReader.ids(storage, "p")).hasSize(10);
  }

  @Test
  void a_gap_between_batch_numbers_is_refused() {
    append(numbered("a", 1, 1, events(0, 10)));
    assertThat(failure(numbered("a", 1, 3, events(20, 30))))
        .isInstanceOfSatisfying(
            StorageException.BatchGap.class, gap -> assertThat(gap.expected()).isEqualTo(2));
    assertThat(StoreReader.ids(storage, "p")).hasSize(10);
    append(numbered("a", 1, 2, events(10, 20)));
    append(numbered("a", 1, 3, events(20, 30)));
    assertThat(StoreReader.ids(storage, "p")).hasSize(30);
  }

  @Test
  void an_unknown_producer_starts_at_one() {
    assertThat(failure(numbered("a", 1, 5, events(0, 10))))
        .isInstanceOfSatisfying(
            StorageException.BatchGap.class, gap -> assertThat(gap.expected()).isEqualTo(1));
  }

  @Test
  void a_later_epoch_fences_the_earlier_one_off() {
    append(numbered("a", 1, 1, events(0, 10)));
    assertThat(failure(numbered("a", 2, 2, events(10, 20))))
        .isInstanceOf(StorageException.BatchGap.class);
    append(numbered("a", 2, 1, events(10, 20)));
    assertThat(failure(numbered("a", 1, 2, events(20, 30))))
        .isInstanceOf(StorageException.ProducerFenced.class);
    assertThat(StoreReader.ids(storage, "p")).hasSize(20);
  }

  @Test
  void producers_of_different_projects_are_different() {
    append(numbered("a", 1, 1, events(0, 10)));
    EventBatch other = numbered("a", 1, 1, events(0, 10));
    assertThat(storage.apply(new AppendEvents("q", other)).join().accepted()).isEqualTo(10);
  }

  @Test
  void batches_sent_without_waiting_are_taken_in_order() {
    List<CompletableFuture<Receipt>> futures = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      EventBatch batch = numbered("a", 1, i + 1, events(i * 20, i * 20 + 20));
      futures.add(storage.apply(new AppendEvents("p", batch)));
    }
    assertThat(futures).allMatch(future -> future.join().accepted() == 20);
    assertThat(StoreReader.ids(storage, "p")).hasSize(1000).doesNotHaveDuplicates();
  }

  @Test
  void concurrent_batches_with_the_same_events_store_each_once() throws Exception {
    AtomicInteger accepted = new AtomicInteger();
    List<Future<?>> writers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int thread = 0; thread < 8; thread++) {
        int offset = thread * 13;
        writers.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 30; i++) {
                    int from = (i * 40 + offset) % 600;
                    accepted.addAndGet(append(batch(events(from, from + 60))).accepted());
                  }
                }));
      }
    }
    for (Future<?> writer : writers) {
      writer.get();
    }
    List<String> ids = StoreReader.ids(storage, "p");
    assertThat(ids).doesNotHaveDuplicates().hasSize(accepted.get());
    assertThat(storage.stats().events()).isEqualTo(accepted.get());
  }

  @Test
  void a_batch_larger_than_a_block_comes_back_whole() {
    Receipt receipt = append(batch(events(0, 10_000)));
    assertThat(receipt.accepted()).isEqualTo(10_000);
    assertThat(StoreReader.ids(storage, "p")).hasSize(10_000).doesNotHaveDuplicates();
    assertThat(append(batch(events(0, 10_000))).duplicates()).isEqualTo(10_000);
  }

  @Test
  void values_larger_than_a_chunk_come_back_whole() {
    String large = "x".repeat(200_000);
    append(batch(List.of(Event.of(large + "1", "u"), Event.of(large + "2", "u"))));
    assertThat(StoreReader.ids(storage, "p")).containsExactly(large + "1", large + "2");
    assertThat(append(batch(List.of(Event.of(large + "1", "u")))).duplicates()).isEqualTo(1);
  }

  @Test
  void listeners_are_called_after_commits_of_their_project() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    AtomicInteger others = new AtomicInteger();
    List<Integer> seen = new ArrayList<>();
    try (Storage.Registration registration =
            storage.onCommit(
                "p",
                () -> {
                  seen.add(StoreReader.ids(storage, "p").size());
                  called.countDown();
                });
        Storage.Registration other = storage.onCommit("q", others::incrementAndGet)) {
      append(batch(List.of(Event.of("a", "u"))));
      assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(seen).containsExactly(1);
    }
    append(batch(List.of(Event.of("b", "u"))));
    append(batch(List.of(Event.of("c", "u"))));
    assertThat(seen).hasSize(1);
    assertThat(others).hasValue(0);
  }

  @Test
  void a_failing_listener_harms_nobody() {
    try (Storage.Registration registration =
        storage.onCommit(
            "p",
            () -> {
              throw new IllegalStateException("no");
            })) {
      append(batch(events(0, 1)));
      assertThat(append(batch(events(1, 2))).accepted()).isEqualTo(1);
    }
  }

  @Test
  void rejections_are_kept_and_listed_latest_first() {
    append(rejected(BatchHeader.of("p"), "a", "b"));
    append(rejected(BatchHeader.of("p"), "c"));
    List<StoredRejection> all = storage.rejections("p", null, 10);
    assertThat(all).extracting(StorageContract::original).containsExactly("c", "b", "a");
    assertThat(all.getFirst().field()).isEqualTo("time");
    assertThat(all.getFirst().receivedMicros()).isEqualTo(RECEIVED);
    assertThat(storage.rejections("p", all.getFirst().id(), 1))
        .extracting(StorageContract::original)
        .containsExactly("b");
    assertThat(storage.rejections("p", List.of(all.get(2).id(), "nonsense", all.get(0).id())))
        .extracting(StorageContract::original)
        .containsExactly("a", "c");
    assertThat(storage.rejections("q", null, 10)).isEmpty();
  }

  @Test
  void the_same_rejected_bytes_are_kept_once() {
    append(rejected(BatchHeader.of("p"), "a", "b", "a"));
    append(rejected(BatchHeader.of("p"), "b"));
    assertThat(storage.rejections("p", null, 10)).hasSize(2);
  }

  @Test
  void dropped_rejections_are_gone_and_may_come_again() {
    append(rejected(BatchHeader.of("p"), "a", "b"));
    String id = storage.rejections("p", null, 10).get(1).id();
    storage.apply(new DropRejections("p", List.of(id, id, "nonsense"))).join();
    assertThat(storage.rejections("p", null, 10))
        .extracting(StorageContract::original)
        .containsExactly("b");
    assertThat(storage.rejections("p", List.of(id))).isEmpty();
    append(rejected(BatchHeader.of("p"), "a"));
    assertThat(storage.rejections("p", null, 10)).hasSize(2);
  }

  @Test
  void the_oldest_rejections_make_room() {
    storage.close();
    storage = open(config().withRejections(3, 1 << 20));
    for (int i = 0; i < 10; i++) {
      append(rejected(BatchHeader.of("p"), "r" + i));
    }
    assertThat(storage.rejections("p", null, 10))
        .extracting(StorageContract::original)
        .containsExactly("r9", "r8", "r7");
  }

  @Test
  void a_large_rejected_event_is_cut_off() {
    append(rejected(BatchHeader.of("p"), "x".repeat(70_000)));
    StoredRejection stored = storage.rejections("p", null, 1).getFirst();
    assertThat(stored.original()).hasSize(65_536);
    assertThat(stored.truncated()).isTrue();
  }

  @Test
  void a_retried_batch_keeps_its_rejections_once() {
    BatchHeader header = new BatchHeader("p", "a", 1, 1, EventBatch.NO_TIME, false);
    append(rejected(header, "a"));
    storage
        .apply(new DropRejections("p", List.of(storage.rejections("p", null, 1).getFirst().id())))
        .join();
    append(rejected(header, "a"));
    assertThat(storage.rejections("p", null, 10)).isEmpty();
  }

  @Test
  void an_id_is_forgotten_after_its_time() {
    BatchHeader header = BatchHeader.of("p");
    long week = Duration.ofDays(7).toNanos() / 1_000;
    append(batch(header, events(0, 10), RECEIVED));
    assertThat(append(batch(header, events(0, 10), RECEIVED + week)).duplicates()).isEqualTo(10);
    assertThat(append(batch(header, events(0, 10), RECEIVED + week + 1)).accepted()).isEqualTo(10);
    assertThat(append(batch(header, events(0, 10), RECEIVED + week + 2)).duplicates())
        .isEqualTo(10);
  }

  @Test
  void a_full_queue_refuses_before_it_takes_anything() throws Exception {
    storage.close();
    storage = open(config().withQueue(100, 1 << 20));
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    List<CompletableFuture<Receipt>> taken = new ArrayList<>();
    int sent = 0;
    boolean refused = false;
    try (Storage.Registration registration =
        storage.onCommit(
            "p",
            () -> {
              blocked.countDown();
              await(go);
            })) {
      storage.apply(new AppendEvents("p", batch(events(0, 50)))).join();
      assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();
      while (!refused && sent < 100) {
        EventBatch batch = numbered("a", 1, sent + 1, events(100 + sent * 50, 150 + sent * 50));
        try {
          taken.add(storage.apply(new AppendEvents("p", batch)));
          sent++;
        } catch (StorageException.Overloaded e) {
          refused = true;
          assertThat(e.retryAfter()).isPositive();
        }
      }
      go.countDown();
    }
    assertThat(refused).isTrue();
    assertThat(taken).allMatch(future -> future.join().accepted() == 50);
    // Nothing of the refused batch was taken by any shard, so its number is the next one
    // everywhere.
    EventBatch next = numbered("a", 1, sent + 1, events(10_000, 10_050));
    assertThat(append(next).accepted()).isEqualTo(50);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void closing_finishes_what_was_taken() {
    List<CompletableFuture<Receipt>> futures = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      futures.add(storage.apply(new AppendEvents("p", batch(events(i * 10, i * 10 + 10)))));
    }
    storage.close();
    assertThat(futures).allMatch(CompletableFuture::isDone);
    assertThat(futures).allMatch(future -> future.join().accepted() == 10);
  }

  @Test
  void a_closed_store_says_so() {
    storage.close();
    assertThatThrownBy(() -> append(batch(events(0, 1))))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(StorageException.Unavailable.class);
    assertThatThrownBy(() -> storage.snapshot("p"))
        .isInstanceOf(StorageException.Unavailable.class);
  }

  @Test
  void remembered_ids_survive_being_written_out() {
    for (int i = 0; i < 20; i++) {
      append(batch(events(i * 500, i * 500 + 500)));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(append(batch(events(i * 500, i * 500 + 500))).accepted()).isZero();
    }
    assertThat(storage.stats().rememberedIds()).isEqualTo(10_000);
    assertThat(storage.stats().rememberedIdsMemoryBytes()).isPositive();
    assertThat(storage.stats().bytes()).isPositive();
  }

  private static String original(StoredRejection rejection) {
    return new String(rejection.original(), StandardCharsets.UTF_8);
  }
}
