package dev.millrace.server.log.segment.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.Column;
import dev.millrace.server.event.TextField;
import dev.millrace.server.log.format.v1.Bytes;
import dev.millrace.server.log.format.v1.RandomEvents;
import dev.millrace.server.log.format.v1.StoredEvent;
import dev.millrace.server.log.segment.Segment;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What isn't as it was written is found out, and never read as something else. */
final class DamagedSegmentTest {
  private final Random random = new Random(1);

  @Test
  void changing_any_byte_is_found_out() {
    List<StoredEvent> events = new RandomEvents(11).batch(40, 25);
    Segments.Chunks small = chunks(events, 10);
    byte[] whole = small.chunks.getFirst();
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 + random.nextInt(255));
      small.chunks.set(0, damaged);
      assertCorrupt(small);
    }
  }

  @Test
  void a_chunk_cut_off_or_grown_is_found_out() {
    List<StoredEvent> events = new RandomEvents(11).batch(40, 25);
    Segments.Chunks small = chunks(events, 10);
    byte[] whole = small.chunks.getFirst();
    for (int length = 0; length <= whole.length + 1; length++) {
      if (length != whole.length) {
        small.chunks.set(0, Arrays.copyOf(whole, length));
        assertCorrupt(small);
      }
    }
  }

  @Test
  void missing_and_swapped_chunks_are_found_out() {
    Segments.Chunks large = chunks(longTexts(12_000), 1000);
    int count = large.chunks.size();
    assertThat(count).isGreaterThan(3);
    for (int i = 0; i < count; i++) {
      Segments.Chunks cut = copy(large);
      cut.chunks.subList(i, count).clear();
      assertCorrupt(cut);
      for (int j = 0; j < i; j++) {
        Segments.Chunks swapped = copy(large);
        Collections.swap(swapped.chunks, i, j);
        assertCorrupt(swapped);
      }
    }
  }

  @Test
  void errors_name_the_segment_and_the_column() {
    Segments.Chunks chunks = chunks(longTexts(12_000), 1000);
    byte[] last = chunks.chunks.getLast();
    last[last.length - 1]++;

    Segment segment = Segments.open(chunks);

    assertThat(segment.piece(0).column(Column.Core.EVENT_ID).rows()).isEqualTo(1000);
    assertThatThrownBy(() -> segment.piece(0).column(new Column.Property("url")))
        .isInstanceOf(StorageException.Corrupt.class)
        .hasMessageContaining("segment 9, column 'properties.url': checksum");
  }

  @Test
  void a_missing_chunk_is_reported_with_the_column() {
    Segments.Chunks chunks = chunks(longTexts(12_000), 1000);
    chunks.chunks.removeLast();

    Segment segment = Segments.open(chunks);

    assertThatThrownBy(() -> segment.piece(0).column(new Column.Property("url")))
        .isInstanceOf(StorageException.Corrupt.class)
        .hasMessageContaining("segment 9, column 'properties.url'")
        .hasMessageContaining("is missing");
  }

  @Test
  void other_versions_are_told_apart_from_damage() {
    Segments.Chunks chunks = chunks(longTexts(3), 10);

    setVersion(chunks, SegmentLayout.VERSION + 1);
    assertThatThrownBy(() -> Segments.open(chunks))
        .isInstanceOf(StorageException.TooNew.class)
        .hasMessageContaining("segment 9");
    setVersion(chunks, 0);
    assertThatThrownBy(() -> Segments.open(chunks))
        .isInstanceOf(StorageException.TooOld.class)
        .hasMessageContaining("segment 9");
  }

  private static void setVersion(Segments.Chunks chunks, int version) {
    byte[] chunk = chunks.chunks.getFirst();
    Bytes.putInt(chunk, SegmentLayout.VERSION_AT, version);
    int length = Bytes.getInt(chunk, SegmentLayout.HEADER_LENGTH_AT);
    int crc = Bytes.crc32c(chunk, SegmentLayout.HEADER_CHECKED_FROM, length);
    Bytes.putInt(chunk, SegmentLayout.HEADER_CRC_AT, crc);
  }

  private static Segments.Chunks chunks(List<StoredEvent> events, int pieceRows) {
    Segments.Chunks chunks = new Segments.Chunks();
    SegmentWriter.write(List.of(Segments.block(events)), chunks, pieceRows);
    return chunks;
  }

  private static Segments.Chunks copy(Segments.Chunks chunks) {
    Segments.Chunks copy = new Segments.Chunks();
    copy.chunks.addAll(chunks.chunks);
    return copy;
  }

  /** Events with an address each that hardly compresses. */
  private List<StoredEvent> longTexts(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new StoredEvent(
                    i + 1,
                    1_768_478_400_000_000L + i,
                    1_768_478_400_000_000L,
                    Map.of(TextField.EVENT_ID, "e" + i, TextField.TYPE, "page_view"),
                    null,
                    null,
                    new TreeMap<>(Map.of("url", Long.toString(random.nextLong(), 36).repeat(2)))))
        .toList();
  }

  private static void assertCorrupt(Segments.Chunks chunks) {
    assertThatThrownBy(() -> Segments.read(Segments.open(chunks)))
        .isInstanceOf(StorageException.Corrupt.class)
        .hasMessageContaining("segment 9");
  }
}
