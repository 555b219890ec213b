package dev.millrace.server.log.format.v1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventHashes;
import dev.millrace.server.log.RowHashes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class BlockProperties {
  private final BlockWriter writer = new BlockWriter();

  @Property(tries = 300)
  void events_come_back_as_they_went_in(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 400) int rows) {
    List<StoredEvent> events = new RandomEvents(seed).batch(seed >>> 2, rows);

    BlockReader block = Blocks.open(Blocks.write(writer, seed >>> 2, events));

    assertThat(StoredEvent.read(block)).isEqualTo(events);
    assertThat(block.rows()).isEqualTo(rows);
    assertThat(block.minSequence()).isEqualTo(seed >>> 2);
    assertThat(block.maxSequence()).isEqualTo((seed >>> 2) + rows - 1);
    assertThat(block.minTime())
        .isEqualTo(events.stream().mapToLong(StoredEvent::time).min().orElse(Long.MAX_VALUE));
    assertThat(block.maxTime())
        .isEqualTo(events.stream().mapToLong(StoredEvent::time).max().orElse(Long.MIN_VALUE));
  }

  @Property(tries = 20)
  void large_blocks_come_back_too(@ForAll long seed) {
    List<StoredEvent> events = new RandomEvents(seed).batch(1, 4096);

    assertThat(StoredEvent.read(Blocks.open(Blocks.write(writer, 1, events)))).isEqualTo(events);
  }

  @Property(tries = 100)
  void chosen_rows_of_several_batches_go_into_one_block(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int batches) {
    Random random = new Random(seed);
    List<StoredEvent> expected = new ArrayList<>();
    writer.begin(100);
    for (int i = 0; i < batches; i++) {
      List<StoredEvent> events = new RandomEvents(random.nextLong()).batch(0, random.nextInt(90));
      int[] rows = IntStream.range(0, events.size()).filter(row -> random.nextBoolean()).toArray();
      writer.add(StoredEvent.batch(events), rows, rows.length);
      for (int row : rows) {
        expected.add(events.get(row).withSequence(100 + expected.size()));
      }
    }
    assertThat(writer.rows()).isEqualTo(expected.size());
    int estimate = writer.estimatedBytes();

    byte[] bytes = Blocks.bytes(writer.finish());

    assertThat(StoredEvent.read(Blocks.open(bytes))).isEqualTo(expected);
    assertThat(estimate).isGreaterThan(bytes.length / 3);
  }

  @Property(tries = 100)
  void row_by_row_gives_the_same_bytes_as_all_at_once(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 60) int rows) {
    List<StoredEvent> events = new RandomEvents(seed).batch(5, rows);
    byte[] atOnce = Blocks.write(writer, 5, events);
    EventBatch batch = StoredEvent.batch(events);
    BlockWriter fresh = new BlockWriter();
    fresh.begin(5);
    for (int row = 0; row < rows; row++) {
      fresh.add(batch, row);
    }

    assertThat(Blocks.bytes(fresh.finish())).isEqualTo(atOnce);
  }

  @Property(tries = 100)
  void chunks_in_direct_memory_read_like_one_buffer(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 100) int rows) {
    List<StoredEvent> events = new RandomEvents(seed).batch(5, rows);
    byte[] bytes = Blocks.write(writer, 5, events);

    BlockReader block = BlockReader.open(Blocks.chunked(bytes, new Random(seed)), "block 8");

    assertThat(StoredEvent.read(block)).isEqualTo(events);
  }

  @Property(tries = 100)
  void hashes_of_stored_rows_are_those_of_the_batch(@ForAll long seed) {
    List<StoredEvent> events = new RandomEvents(seed).batch(5, 50);
    EventBatch batch = StoredEvent.batch(events);
    EventHashes.fill(batch);

    BlockReader block = Blocks.open(Blocks.write(writer, 5, events));

    assertThat(RowHashes.idHashes(block))
        .isEqualTo(IntStream.range(0, 50).mapToLong(batch::idHash).toArray());
    assertThat(RowHashes.userHashes(block))
        .isEqualTo(IntStream.range(0, 50).mapToLong(batch::userHash).toArray());
  }

  @Property(tries = 500)
  void canonical_uuids_and_nothing_else_fit_in_sixteen_bytes(
      @ForAll long high,
      @ForAll long low,
      @ForAll @IntRange(min = 0, max = 35) int at,
      @ForAll byte other) {
    byte[] text = new UUID(high, low).toString().getBytes(StandardCharsets.UTF_8);
    byte[] packed = new byte[16];
    byte[] again = new byte[36];

    assertThat(Uuids.parse(text, 0, packed, 0)).isTrue();
    assertThat(packed).isEqualTo(ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    Uuids.format(packed, 0, again, 0);
    assertThat(again).isEqualTo(text);

    text[at] = other;
    boolean hyphen = at == 8 || at == 13 || at == 18 || at == 23;
    boolean right = hyphen ? other == '-' : "0123456789abcdef".indexOf(other) >= 0;
    assertThat(Uuids.parse(text, 0, packed, 0)).isEqualTo(right);
  }
}
