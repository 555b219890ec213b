package dev.millrace.server.storage.node;

import static dev.millrace.server.storage.kit.TestBatches.batch;
import static dev.millrace.server.storage.kit.TestBatches.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.storage.Mutation.AppendEvents;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.kit.FaultyTables;
import dev.millrace.server.storage.kit.StoreReader;
import dev.millrace.server.storage.kit.TestBatches.Event;
import dev.millrace.server.storage.memory.MemoryTables;
import dev.millrace.server.storage.segments.SegmentCache;
import dev.millrace.server.storage.segments.SegmentStore;
import dev.millrace.server.storage.shard.ShardEngine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of batches when a shard fails, or is slow to commit. */
final class EmbeddedStorageTest {
  private final List<FaultyTables> tables = new ArrayList<>();
  private EmbeddedStorage storage;

  @BeforeEach
  void open() {
    List<ShardEngine> engines = new ArrayList<>();
    for (int shard = 0; shard < 2; shard++) {
      FaultyTables faulty = new FaultyTables(new MemoryTables(Duration.ofSeconds(1)));
      tables.add(faulty);
      SegmentStore segments =
          new SegmentStore(new MemoryTables(Duration.ofSeconds(1)), new SegmentCache(1 << 20));
      engines.add(new ShardEngine(faulty, segments, shard, 2, StorageConfig.DEFAULT.limits()));
    }
    storage =
        new EmbeddedStorage(
            engines, StorageConfig.DEFAULT.withShards(2), InstantSource.system(), () -> {});
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private static List<Event> events(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> Event.of("e" + i, "u" + i % 7)).toList();
  }

  private CompletableFuture<Receipt> send(EventBatch batch) {
    return storage.apply(new AppendEvents("p", batch));
  }

  private Throwable failure(EventBatch batch) {
    return send(batch).handle((receipt, cause) -> cause).join();
  }

  private static StorageException full() {
    return new StorageException.Full("test", null);
  }

  @Test
  void every_commit_returns_before_anyone_is_answered() {
    ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 20; i++) {
      CountDownLatch answered = new CountDownLatch(1);
      order.clear();
      tables.forEach(shard -> shard.afterCommit(() -> order.add("committed")));
      CompletableFuture<Void> sent =
          send(batch(events(i * 50, i * 50 + 50)))
              .thenRun(
                  () -> {
                    order.add("answered");
                    answered.countDown();
                  });
      assertThat(awaited(answered)).isTrue();
      assertThat(sent).succeedsWithin(Duration.ofSeconds(10));
      assertThat(order).containsExactly("committed", "committed", "answered");
    }
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_full_disk_fails_the_batch_and_is_got_over() {
    tables.forEach(shard -> shard.failAfter(0, EmbeddedStorageTest::full));
    assertThat(failure(numbered("a", 1, 1, events(0, 50))))
        .isInstanceOf(StorageException.Full.class);
    assertThat(StoreReader.ids(storage, "p")).isEmpty();
    tables.forEach(FaultyTables::work);
    assertThat(send(numbered("a", 1, 1, events(0, 50))).join().accepted()).isEqualTo(50);
  }

  @Test
  void a_batch_that_one_shard_lost_is_completed_by_sending_it_again() {
    tables.get(1).failAfter(0, EmbeddedStorageTest::full);
    assertThat(failure(numbered("a", 1, 1, events(0, 50))))
        .isInstanceOf(StorageException.Full.class);
    int there = StoreReader.ids(storage, "p").size();
    tables.get(1).work();
    // The shard that lost it says so, and nothing hides behind the next number.
    assertThat(failure(numbered("a", 1, 2, events(50, 100))))
        .isInstanceOfSatisfying(
            StorageException.BatchGap.class, gap -> assertThat(gap.expected()).isEqualTo(1));
    Receipt receipt = send(numbered("a", 1, 1, events(0, 50))).join();
    assertThat(receipt.accepted()).isEqualTo(50 - there);
    assertThat(receipt.duplicates()).isEqualTo(there);
    send(numbered("a", 1, 2, events(50, 100))).join();
    assertThat(StoreReader.ids(storage, "p")).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void a_batch_that_cannot_be_applied_takes_no_other_with_it() {
    List<CompletableFuture<Receipt>> good = new ArrayList<>();
    EventBatch broken = batch(events(1000, 1003));
    // Hashes that are too short make applying fail, which no checked batch could.
    broken.hashes(new long[1], new long[3]);
    CompletableFuture<Receipt> bad = null;
    for (int i = 0; i < 20; i++) {
      good.add(send(batch(events(i * 10, i * 10 + 10))));
      if (i == 10) {
        bad = send(broken);
      }
    }
    assertThat(good).allMatch(future -> future.join().accepted() == 10);
    assertThat(bad.handle((receipt, cause) -> cause).join())
        .isInstanceOf(StorageException.Unavailable.class);
    assertThat(StoreReader.ids(storage, "p")).hasSize(200);
  }
}
