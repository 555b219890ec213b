package dev.millrace.server.storage.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.storage.memory.MemoryTables;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class RememberedIdsTest {
  private static final Duration WINDOW = Duration.ofDays(7);
  private static final long WINDOW_MICROS = WINDOW.toNanos() / 1_000;

  private final MemoryTables tables = new MemoryTables(Duration.ofMillis(10));
  private RememberedIds ids = load(1000);
  private long next;

  private RememberedIds load(int tableIds) {
    try (ReadSnapshot snapshot = tables.snapshot()) {
      return RememberedIds.load(snapshot, tableIds, WINDOW);
    }
  }

  // Murmur's finaliser: a bijection, so different events have different hashes.
  private static long hash(long event) {
    long x = (event + 1) * 0x9E3779B97F4A7C15L;
    x = (x ^ (x >>> 33)) * 0xff51afd7ed558ccdL;
    return x ^ (x >>> 33);
  }

  private void commit(int events, long now) {
    WriteTransaction transaction = tables.begin();
    ids.maintain(transaction, 1000 + events * 4, now);
    transaction.commit();
    add(next, next + events, now);
    next += events;
    ids.committed(next);
  }

  private void add(long from, long to, long now) {
    long[] hashes = LongStream.range(from, to).map(RememberedIdsTest::hash).toArray();
    ids.add(hashes, hashes.length, from, now);
  }

  private boolean remembered(ReadSnapshot snapshot, long event) {
    long[] hashes = {hash(event)};
    byte[] marks = new byte[1];
    ids.mark(hashes, 1, marks);
    boolean[] found = new boolean[1];
    ids.find(
        snapshot,
        hashes[0],
        ordinal -> {
          found[0] |= ordinal == event;
          return !found[0];
        });
    assertThat(marks[0] != 0 || !found[0]).isTrue();
    return found[0];
  }

  @Test
  void three_million_ids_are_remembered_through_restarts_at_any_moment() {
    int perTable = 20_000;
    ids = load(perTable);
    Random random = new Random(7);
    while (next < 3_000_000) {
      commit(1000 + random.nextInt(3000), 1);
      if (random.nextInt(100) == 0) {
        restart(perTable);
      }
      if (random.nextInt(50) == 0) {
        abortSomething();
      }
    }
    try (ReadSnapshot snapshot = tables.snapshot()) {
      for (long event = 0; event < next; event += 1 + random.nextInt(40)) {
        assertThat(remembered(snapshot, event)).as("event %d", event).isTrue();
      }
      for (long event = next; event < next + 10_000; event++) {
        assertThat(remembered(snapshot, event)).isFalse();
      }
    }
    assertThat(ids.count()).isEqualTo(next);
    // A filter of 12 bits an id, and the table in memory.
    assertThat(ids.memoryBytes()).isLessThan(next * 2 + perTable * 80L);
  }

  private void restart(int perTable) {
    ids.close();
    ids = load(perTable);
    add(ids.flushedTo(), next, 1);
    ids.committed(next);
  }

  private void abortSomething() {
    WriteTransaction transaction = tables.begin();
    ids.maintain(transaction, 50_000, 1);
    transaction.abort();
    ids.aborted();
  }

  @Test
  void finished_work_leaves_no_left_overs() {
    for (int i = 0; i < 100; i++) {
      commit(500, 1);
    }
    settle(1);
    try (ReadSnapshot snapshot = tables.snapshot()) {
      List<Integer> runs = new ArrayList<>();
      snapshot.scan(
          Table.DEDUP,
          RunKeys.manifest(0),
          (key, value) -> {
            if (key.get(0) == RunKeys.MANIFEST) {
              runs.add(RunKeys.run(key));
            }
            return true;
          });
      assertThat(RunLeftovers.find(snapshot)).containsExactlyElementsOf(runs);
      assertThat(runs).hasSizeLessThan(12);
    }
  }

  private void settle(long now) {
    while (ids.hasWork()) {
      commit(0, now);
    }
  }

  @Test
  void a_loaded_run_answers_before_and_after_its_filter_is_made() {
    for (int i = 0; i < 10; i++) {
      commit(500, 1);
    }
    settle(1);
    ids.close();
    ids = load(1000);
    add(ids.flushedTo(), next, 1);
    ids.committed(next);
    long unfiltered = ids.memoryBytes();
    assertThat(ids.hasWork()).isTrue();
    assertAllRemembered();
    settle(1);
    assertAllRemembered();
    assertThat(ids.memoryBytes()).isGreaterThan(unfiltered + ids.flushedTo());
  }

  private void assertAllRemembered() {
    try (ReadSnapshot snapshot = tables.snapshot()) {
      for (long event = 0; event < next; event++) {
        assertThat(remembered(snapshot, event)).as("event %d", event).isTrue();
      }
      assertThat(remembered(snapshot, next)).isFalse();
    }
  }

  @Test
  void an_id_takes_less_than_five_bytes() {
    ids = load(100_000);
    while (ids.flushedTo() < 2_000_000) {
      commit(20_000, 1);
    }
    settle(1);
    try (ReadSnapshot snapshot = tables.snapshot()) {
      long[] bytes = new long[1];
      snapshot.scan(
          Table.DEDUP,
          RunKeys.state(),
          (key, value) -> {
            bytes[0] += key.remaining() + value.remaining();
            return true;
          });
      assertThat((double) bytes[0] / ids.flushedTo()).isBetween(4.0, 4.95);
    }
  }

  @Test
  void old_runs_are_dropped_whole() {
    for (int i = 0; i < 40; i++) {
      commit(500, WINDOW_MICROS * i / 20);
    }
    settle(WINDOW_MICROS * 2);
    commit(0, WINDOW_MICROS * 2);
    settle(WINDOW_MICROS * 2);
    try (ReadSnapshot snapshot = tables.snapshot()) {
      for (long event = 10_000; event < next; event++) {
        assertThat(remembered(snapshot, event)).isTrue();
      }
    }
    assertThat(ids.count()).isBetween(10_000L, 16_000L);
  }

  @Test
  void many_ids_of_one_hash_are_all_found() {
    long[] hashes = new long[3000];
    Arrays.fill(hashes, -5);
    ids.add(hashes, hashes.length, 0, 1);
    next = hashes.length;
    ids.committed(next);
    settle(1);
    assertThat(ids.flushedTo()).isEqualTo(3000);
    List<Long> found = new ArrayList<>();
    try (ReadSnapshot snapshot = tables.snapshot()) {
      ids.find(snapshot, -5, found::add);
    }
    assertThat(found).hasSize(3000).doesNotHaveDuplicates();
  }

  @Test
  void damage_is_reported() {
    for (int i = 0; i < 4; i++) {
      commit(500, 1);
    }
    settle(1);
    WriteTransaction transaction = tables.begin();
    ByteBuffer chunk = transaction.get(Table.DEDUP, RunKeys.chunk(0, 0));
    byte[] bytes = new byte[chunk.remaining()];
    chunk.get(0, bytes);
    bytes[bytes.length / 2] ^= 1;
    transaction.put(Table.DEDUP, RunKeys.chunk(0, 0), ByteBuffer.wrap(bytes));
    transaction.commit();
    ids.close();
    ids = load(1000);
    try (ReadSnapshot snapshot = tables.snapshot()) {
      assertThatThrownBy(() -> ids.find(snapshot, hash(3), ordinal -> true))
          .isInstanceOf(StorageException.Corrupt.class);
    }
  }

  /** Fixed for ever: a change of these bytes is a change of the stored format. */
  @Test
  void a_chunk_has_the_documented_form() {
    RunChunkWriter writer = new RunChunkWriter(100, 400, 1L << 20);
    long[] written = {0x12345, 0x92345, (1L << IdPrefix.BITS) - 1};
    assertThat(writer.add(written, new long[] {100, 399, 228}, 0, 3)).isEqualTo(3);
    ByteBuffer chunk = writer.finish();
    byte[] bytes = new byte[chunk.limit()];
    chunk.get(0, bytes);
    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(GOLDEN_CHUNK);
    long[] prefixes = new long[3];
    long[] ordinals = new long[3];
    RunChunk read = new RunChunk(chunk, 100, "chunk");
    read.verify("chunk");
    read.decode(prefixes, ordinals);
    assertThat(ordinals).containsExactly(100, 399, 228);
    assertThat(prefixes).containsExactly(written);
  }

  private static final String GOLDEN_CHUNK =
      "011009000300014d1da4270000012345001200000200ac0400a8cb6dffff01010000000000000000";

  @Test
  void a_chunk_of_a_later_version_is_named() {
    RunChunkWriter writer = new RunChunkWriter(0, 10, 1);
    assertThat(writer.add(new long[] {1}, new long[] {1}, 0, 1)).isOne();
    ByteBuffer chunk = writer.finish().put(0, (byte) 2);
    assertThatThrownBy(() -> new RunChunk(chunk, 0, "chunk"))
        .isInstanceOf(StorageException.TooNew.class);
  }
}
