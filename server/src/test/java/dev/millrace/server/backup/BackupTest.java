package dev.millrace.server.backup;

import static dev.millrace.server.storage.kit.TestBatches.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Mutation.AppendEvents;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.kit.StoreReader;
import dev.millrace.server.storage.kit.StoreReader.Stored;
import dev.millrace.server.storage.kit.TestBatches.Event;
import dev.millrace.server.storage.lmdb.LmdbStorage;
import dev.millrace.server.storage.node.EmbeddedStorage;
import dev.millrace.server.storage.node.StorageConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy made while the store is in use, what becomes of it, and how damage is found. */
final class BackupTest {
  private static final StorageConfig CONFIG =
      StorageConfig.DEFAULT.withShards(2).withMapBytes(256L << 20);

  @TempDir private Path directory;

  private Path data() {
    return directory.resolve("data");
  }

  private Path temporary() {
    return data().resolve("backup");
  }

  private Path restored() {
    return directory.resolve("restored");
  }

  private static void append(Storage storage, int from, int to) {
    List<Event> events =
        IntStream.range(from, to).mapToObj(i -> Event.of("e" + i, "u" + i % 7)).toList();
    storage.apply(new AppendEvents("p", batch(events))).join();
  }

  private static byte[] bytes(Backups backups) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Backups.Copy copy = backups.take()) {
      copy.writeTo(out);
    }
    return out.toByteArray();
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("file"), bytes);
  }

  @Test
  void restored_store_holds_every_event_up_to_its_position() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger sent = new AtomicInteger(3_000);
    List<Stored> all;
    try (Storage storage = LmdbStorage.open(data(), CONFIG)) {
      append(storage, 0, 2_000);
      ((EmbeddedStorage) storage).seal();
      append(storage, 2_000, 3_000);
      Thread ingest =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!over.get()) {
                      append(storage, sent.get(), sent.addAndGet(50));
                    }
                  });
      byte[] bytes = bytes(new Backups(storage, temporary()));
      over.set(true);
      ingest.join();
      all = StoreReader.read(storage, "p");
      Restoring.restore(file(bytes), restored(), LmdbStorage::adopt);
    }
    assertThat(temporary()).doesNotExist();
    assertThat(directory.resolve("restored.restoring")).doesNotExist();
    try (Storage storage = LmdbStorage.open(restored(), CONFIG.withShards(0))) {
      Position position = storage.position("p");
      List<Stored> upToThere =
          all.stream()
              .filter(event -> event.sequence() < position.nextSequence(event.shard()))
              .toList();
      assertThat(StoreReader.read(storage, "p"))
          .hasSizeGreaterThanOrEqualTo(3_000)
          .containsExactlyInAnyOrderElementsOf(upToThere);
      // What it has it also remembers, and goes on from there.
      append(storage, 0, sent.get());
      assertThat(StoreReader.ids(storage, "p")).hasSize(all.size()).doesNotHaveDuplicates();
    }
  }

  @Test
  void cut_off_or_damaged_file_is_refused_and_leaves_nothing() throws Exception {
    byte[] whole;
    try (Storage storage = LmdbStorage.open(data(), CONFIG)) {
      append(storage, 0, 500);
      whole = bytes(new Backups(storage, temporary()));
    }
    for (int cut : new int[] {0, 1, 100, whole.length / 2, whole.length - 30, whole.length - 1}) {
      Path file = file(Arrays.copyOf(whole, cut));
      assertThatThrownBy(() -> Restoring.restore(file, restored(), LmdbStorage::adopt))
          .as("cut at %d", cut)
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("is cut off");
    }
    byte[] damaged = whole.clone();
    damaged[whole.length / 3] ^= 0x10;
    Path file = file(damaged);
    assertThatThrownBy(() -> Restoring.restore(file, restored(), LmdbStorage::adopt))
        .isInstanceOf(BackupException.class)
        .hasMessageContaining("is damaged");
    assertThat(restored()).doesNotExist();
    assertThat(directory.resolve("restored.restoring")).doesNotExist();
  }

  @Test
  void used_directory_is_refused() throws Exception {
    try (Storage storage = LmdbStorage.open(data(), CONFIG)) {
      Path file = file(bytes(new Backups(storage, temporary())));
      assertThatThrownBy(() -> Restoring.restore(file, data(), LmdbStorage::adopt))
          .isInstanceOf(BackupException.class)
          .hasMessageContaining("isn't empty");
      Files.createDirectories(restored());
      Restoring.restore(file, restored(), LmdbStorage::adopt);
    }
    LmdbStorage.open(restored(), CONFIG).close();
  }

  @Test
  void reader_that_goes_away_leaves_nothing() throws IOException {
    try (Storage storage = LmdbStorage.open(data(), CONFIG)) {
      append(storage, 0, 500);
      Backups backups = new Backups(storage, temporary());
      try (Backups.Copy copy = backups.take()) {
        assertThatThrownBy(() -> copy.writeTo(new Gone()))
            .isInstanceOf(IOException.class)
            .hasMessage("gone");
        assertThatThrownBy(backups::take).isInstanceOf(ApiException.Unavailable.class);
      }
      assertThat(temporary()).doesNotExist();
      assertThat(bytes(backups)).isNotEmpty();
    }
  }

  @Test
  void leftovers_of_a_killed_process_are_removed() throws IOException {
    try (Storage storage = LmdbStorage.open(data(), CONFIG)) {
      Files.createDirectories(temporary().resolve("shard-0"));
      Files.writeString(temporary().resolve("shard-0").resolve("x"), "x");
      Backups backups = new Backups(storage, temporary());
      assertThat(temporary()).doesNotExist();
      assertThat(bytes(backups)).isNotEmpty();
    }
  }

  @Test
  void whole_store_verifies_and_a_damaged_segment_is_named() throws IOException {
    try (Storage storage = LmdbStorage.open(data(), CONFIG)) {
      append(storage, 0, 2_000);
      ((EmbeddedStorage) storage).seal();
      append(storage, 2_000, 3_000);
    }
    List<String> damage = new ArrayList<>();
    assertThat(LmdbStorage.verify(data(), damage::add)).isEqualTo(3_000);
    assertThat(damage).isEmpty();

    Path segments = data().resolve("shard-1/segments/data.mdb");
    byte[] whole = Files.readAllBytes(segments);
    int found = 0;
    for (int at = whole.length - 100; at > whole.length / 2; at -= 997) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x10;
      Files.write(segments, damaged);
      damage.clear();
      long events = LmdbStorage.verify(data(), damage::add);
      if (events < 3_000) {
        assertThat(damage)
            .singleElement()
            .asString()
            .startsWith("shard 1")
            .contains("segment 1 (events 1 to ");
        found++;
      }
    }
    assertThat(found).isPositive();
  }

  @Test
  void directory_without_data_is_not_verified_and_not_made() {
    assertThatThrownBy(() -> LmdbStorage.verify(data(), _ -> {}))
        .isInstanceOf(StorageException.Unavailable.class)
        .hasMessageContaining("isn't a data directory");
    assertThat(data()).doesNotExist();
  }

  private static final class Gone extends OutputStream {
    @Override
    public void write(int octet) throws IOException {
      throw new IOException("gone");
    }
  }
}
