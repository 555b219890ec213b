package dev.millrace.server.storage.lmdb;

import static dev.millrace.server.storage.kit.TestBatches.batch;
import static dev.millrace.server.storage.kit.TestBatches.numbered;
import static dev.millrace.server.storage.kit.TestBatches.rejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Mutation.AppendEvents;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.kit.StoreReader;
import dev.millrace.server.storage.kit.TestBatches.Event;
import dev.millrace.server.storage.node.EmbeddedStorage;
import dev.millrace.server.storage.node.StorageConfig;
import dev.millrace.server.storage.segments.SealingLimits;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens when a data directory is opened again, whole or not. */
final class LmdbRecoveryTest {
  private static final int PAGE = 4096;
  private static final StorageConfig CONFIG =
      StorageConfig.DEFAULT
          .withShards(1)
          .withMapBytes(256L << 20)
          .withSealing(new SealingLimits(1 << 18, Duration.ofDays(36_500), 4, 1 << 20))
          .withIds(Duration.ofDays(7), 1000);

  @TempDir private Path directory;

  private Storage open() {
    return LmdbStorage.open(directory, CONFIG);
  }

  private static List<Event> events(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> Event.of("e" + i, "u" + i % 7)).toList();
  }

  private static Receipt append(Storage storage, int from, int to) {
    return storage.apply(new AppendEvents("p", batch(events(from, to)))).join();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void a_reopened_store_is_the_same(int shards) {
    StorageConfig config = CONFIG.withShards(shards);
    List<StoreReader.Stored> before;
    Position position;
    try (Storage storage = LmdbStorage.open(directory, config)) {
      for (int i = 0; i < 50; i++) {
        storage
            .apply(new AppendEvents("p", numbered("a", 1, i + 1, events(i * 100, i * 100 + 100))))
            .join();
      }
      storage.apply(new AppendEvents("q", batch(events(0, 5)))).join();
      storage.apply(new AppendEvents("p", rejected(BatchHeader.of("p"), "x"))).join();
      before = StoreReader.read(storage, "p");
      position = storage.position("p");
    }
    // The number of shards is the directory's.
    try (Storage storage = LmdbStorage.open(directory, config.withShards(0))) {
      assertThat(storage.stats().shards()).isEqualTo(shards);
      assertThat(StoreReader.read(storage, "p")).isEqualTo(before);
      assertThat(storage.position("p")).isEqualTo(position);
      assertThat(storage.rejections("p", null, 10)).hasSize(1);
      assertThat(StoreReader.ids(storage, "q")).hasSize(5);
      assertThat(append(storage, 0, 5000).duplicates()).isEqualTo(5000);
      Receipt retried =
          storage.apply(new AppendEvents("p", numbered("a", 1, 50, events(7000, 7100)))).join();
      assertThat(retried.accepted()).isZero();
      Receipt next =
          storage.apply(new AppendEvents("p", numbered("a", 1, 51, events(7000, 7100)))).join();
      assertThat(next.accepted()).isEqualTo(100);
    }
  }

  @Test
  void a_directory_is_open_once() {
    try (Storage storage = open()) {
      append(storage, 0, 1);
      assertThatThrownBy(this::open).isInstanceOf(StorageException.InUse.class);
    }
    open().close();
  }

  @Test
  void another_number_of_shards_is_refused() {
    open().close();
    assertThatThrownBy(() -> LmdbStorage.open(directory, CONFIG.withShards(2)))
        .isInstanceOf(StorageException.Unavailable.class)
        .hasMessageContaining("1 shards");
    open().close();
  }

  @Test
  void formats_of_other_versions_are_named() throws IOException {
    open().close();
    Files.writeString(directory.resolve("format"), "millrace-data version=2 shards=1\n");
    assertThatThrownBy(this::open).isInstanceOf(StorageException.TooNew.class);
    Files.writeString(directory.resolve("format"), "millrace-data version=0 shards=1\n");
    assertThatThrownBy(this::open).isInstanceOf(StorageException.TooOld.class);
    Files.writeString(directory.resolve("format"), "something else");
    assertThatThrownBy(this::open).isInstanceOf(StorageException.Corrupt.class);
    Files.delete(directory.resolve("format"));
    assertThatThrownBy(this::open).isInstanceOf(StorageException.Corrupt.class);
  }

  @Test
  void a_file_that_is_not_lmdb_is_corrupt() throws IOException {
    open().close();
    Files.write(data(), new byte[8 * PAGE]);
    assertThatThrownBy(this::open).isInstanceOf(StorageException.Corrupt.class);
  }

  @Test
  void a_full_store_says_so_keeps_what_it_has_and_takes_what_fits() {
    StorageConfig tiny = CONFIG.withMapBytes(2L << 20);
    int taken = 0;
    try (Storage storage = LmdbStorage.open(directory, tiny)) {
      Throwable failure = null;
      for (; failure == null && taken < 1000; taken++) {
        failure = failure(storage, taken);
      }
      taken--;
      assertThat(failure).isInstanceOf(StorageException.Full.class);
      assertThat(StoreReader.ids(storage, "p")).hasSize(taken * 500).doesNotHaveDuplicates();
      // Left-overs of remembered ids may have made room meanwhile; either answer must be true.
      taken += failure(storage, taken) == null ? 1 : 0;
      assertThat(StoreReader.ids(storage, "p")).hasSize(taken * 500).doesNotHaveDuplicates();
    }
    try (Storage storage = open()) {
      assertThat(StoreReader.ids(storage, "p")).hasSize(taken * 500).doesNotHaveDuplicates();
      assertThat(append(storage, 0, (taken + 1) * 500).accepted()).isEqualTo(500);
    }
  }

  private static Throwable failure(Storage storage, int number) {
    try {
      append(storage, number * 500, number * 500 + 500);
      return null;
    } catch (CompletionException e) {
      return e.getCause();
    }
  }

  @Test
  void an_open_snapshot_holds_up_closing_for_a_while_only() {
    StorageConfig hasty =
        new StorageConfig(
            1,
            1000,
            1 << 20,
            1000,
            1 << 20,
            Duration.ofDays(7),
            1000,
            10,
            1 << 20,
            16L << 20,
            SealingLimits.DEFAULT,
            Duration.ZERO,
            1 << 20,
            Duration.ofMillis(20));
    Storage storage = LmdbStorage.open(directory, hasty);
    append(storage, 0, 10);
    Snapshot snapshot = storage.snapshot("p");
    assertThatThrownBy(storage::close).isInstanceOf(StorageException.Unavailable.class);
    snapshot.close();
    storage.close();
    open().close();
  }

  private Path data() {
    return directory.resolve("shard-0").resolve("log").resolve("data.mdb");
  }

  /** Keeps the file as it is after each of some commits. */
  private List<byte[]> states(int commits) throws IOException {
    List<byte[]> states = new ArrayList<>();
    try (Storage storage = open()) {
      states.add(Files.readAllBytes(data()));
      for (int i = 0; i < commits; i++) {
        append(storage, i * 10, i * 10 + 10);
        states.add(Files.readAllBytes(data()));
      }
    }
    return states;
  }

  private static long transaction(byte[] file, int meta) {
    // The transaction's number is the last word of a meta page's record.
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(meta * PAGE + 16 + 128);
  }

  /** The last commit's meta page didn't reach the disk: the state before is there, whole. */
  @Test
  void a_lost_meta_page_gives_the_state_before() throws IOException {
    List<byte[]> states = states(8);
    for (int i = 2; i < states.size(); i++) {
      byte[] file = states.get(i).clone();
      int newer = transaction(file, 0) > transaction(file, 1) ? 0 : 1;
      System.arraycopy(states.get(i - 1), newer * PAGE, file, newer * PAGE, PAGE);
      Files.write(data(), file);
      try (Storage storage = open()) {
        assertThat(StoreReader.ids(storage, "p"))
            .as("commit %d", i)
            .hasSize((i - 1) * 10)
            .doesNotHaveDuplicates();
        assertThat(append(storage, 0, i * 10).accepted()).isEqualTo(10);
      }
    }
  }

  /**
   * The pages of the last commit that isn't acknowledged were lost, and its meta page with them.
   */
  @Test
  void lost_pages_of_an_unsynced_commit_do_no_harm() throws IOException {
    List<byte[]> states = states(8);
    for (int i = 2; i < states.size(); i++) {
      byte[] before = states.get(i - 1);
      byte[] file = before.clone();
      byte[] after = states.get(i);
      // Half of the pages that the next commit wrote have arrived, but no meta page.
      for (int page = 2; page < before.length / PAGE; page += 2) {
        System.arraycopy(after, page * PAGE, file, page * PAGE, PAGE);
      }
      Files.write(data(), file);
      try (Storage storage = open()) {
        assertThat(StoreReader.ids(storage, "p")).as("commit %d", i).hasSize((i - 1) * 10);
        assertThat(append(storage, 0, i * 10).accepted()).isEqualTo(10);
      }
    }
  }

  /** Damage anywhere in the blocks is reported; nothing false is ever answered. */
  @Test
  void damaged_blocks_are_reported() throws IOException {
    try (Storage storage = open()) {
      append(storage, 0, 3000);
    }
    byte[] whole = Files.readAllBytes(data());
    List<String> ids = IntStream.range(0, 3000).mapToObj(i -> "e" + i).toList();
    int reported = 0;
    // From page 4 on overflow pages hold the block; pages of the tree are LMDB's own business.
    for (int at = whole.length - 1; at > 0; at -= 1009) {
      if (!inOverflowPages(whole, at)) {
        continue;
      }
      try (RandomAccessFile file = new RandomAccessFile(data().toFile(), "rw")) {
        file.setLength(0);
        file.write(whole);
        file.seek(at);
        file.write(whole[at] ^ 0x10);
      }
      try (Storage storage = open()) {
        assertThat(StoreReader.ids(storage, "p")).containsAll(ids).hasSize(3000);
      } catch (StorageException.Corrupt _) {
        reported++;
      }
    }
    assertThat(reported).isPositive();
  }

  /** The same of segments, and the report names the segment. */
  @Test
  void damaged_segments_are_reported_by_name() throws IOException {
    try (Storage storage = open()) {
      append(storage, 0, 3000);
      ((EmbeddedStorage) storage).seal();
    }
    Path sealed = directory.resolve("shard-0/segments/data.mdb");
    byte[] whole = Files.readAllBytes(sealed);
    int reported = 0;
    for (int at = whole.length - 1; at > 0; at -= 503) {
      if (!inOverflowPages(whole, at)) {
        continue;
      }
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x10;
      Files.write(sealed, damaged);
      try (Storage storage = open()) {
        assertThat(StoreReader.ids(storage, "p")).hasSize(3000).doesNotHaveDuplicates();
      } catch (StorageException.Corrupt e) {
        assertThat(e).hasMessageContaining("segment 1 (events 1 to 3000 of project 1)");
        reported++;
      }
    }
    assertThat(reported).isGreaterThan(10);
  }

  private static boolean inOverflowPages(byte[] file, int at) {
    ByteBuffer pages = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (int page = 0; page < file.length / PAGE; page++) {
      boolean overflow = (pages.getShort(page * PAGE + 10) & 0x04) != 0;
      if (overflow && pages.getLong(page * PAGE) == page) {
        int count = pages.getInt(page * PAGE + 12);
        if (at >= page * PAGE + 16 && at < (page + count) * PAGE) {
          return true;
        }
        page += count - 1;
      }
    }
    return false;
  }
}
