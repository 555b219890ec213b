package dev.millrace.server.log.format.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.Column;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Kind;
import dev.millrace.server.event.TextField;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DamagedBlockTest {
  private final BlockWriter writer = new BlockWriter();
  private final List<StoredEvent> events = new RandomEvents(11).batch(40, 25);
  private final byte[] block = Blocks.write(writer, 40, events);

  @Test
  void changing_any_byte_is_found_out() {
    Random random = new Random(1);
    for (int at = 0; at < block.length; at++) {
      byte[] damaged = block.clone();
      damaged[at] ^= (byte) (1 + random.nextInt(255));
      assertCorrupt(damaged);
    }
  }

  @Test
  void a_block_cut_off_anywhere_is_found_out() {
    for (int length = 0; length < block.length; length++) {
      assertCorrupt(Arrays.copyOf(block, length));
    }
  }

  @Test
  void a_block_with_bytes_added_is_found_out() {
    assertCorrupt(Arrays.copyOf(block, block.length + 1));
  }

  @Test
  void bytes_with_the_right_checksums_that_make_no_sense_are_corrupt_or_other_events() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = block.clone();
      damaged[8 + random.nextInt(block.length - 8)] ^= (byte) (1 + random.nextInt(255));
      repairChecksums(damaged);
      try {
        StoredEvent.read(Blocks.open(damaged));
      } catch (StorageException.Corrupt | StorageException.TooNew | StorageException.TooOld e) {
        assertThat(e).hasMessageContaining("block 7");
      }
    }
  }

  @Test
  void errors_name_the_block_and_the_column() {
    BlockWriter two = new BlockWriter();
    two.begin(0);
    EventBatch batch = new EventBatch(BatchHeader.of(""), new byte[0], 0, 1);
    batch.receivedMicros(1);
    int row = batch.beginRow();
    batch.time(row, 2);
    batch.text(TextField.EVENT_ID, row, batch.append("e1"));
    int path = batch.path(EventBatch.rootPath(), new byte[] {'x'}, 0, 1);
    batch.property(path, row, Kind.TEXT, batch.append("at the very end"));
    two.add(batch, row);
    byte[] damaged = Blocks.bytes(two.finish());
    damaged[damaged.length - 1]++;

    BlockReader reader = Blocks.open(damaged);

    assertThat(reader.column(Column.Core.EVENT_ID).dictionary().text(0)).isEqualTo("e1");
    assertThatThrownBy(() -> reader.column(new Column.Property("x")))
        .isInstanceOf(StorageException.Corrupt.class)
        .hasMessageContaining("block 7, column 'properties.x': checksum");
  }

  @Test
  void a_later_version_is_too_new() {
    assertThatThrownBy(() -> Blocks.open(withVersion(2)))
        .isInstanceOf(StorageException.TooNew.class)
        .hasMessage("block 7 has format version 2, this Millrace reads up to 1");
  }

  @Test
  void an_earlier_version_is_too_old() {
    assertThatThrownBy(() -> Blocks.open(withVersion(0)))
        .isInstanceOf(StorageException.TooOld.class)
        .hasMessage("block 7 has format version 0, this Millrace reads from 1");
  }

  @Test
  void a_malformed_list_is_corrupt() {
    EventBatch batch = new EventBatch(BatchHeader.of(""), new byte[0], 0, 1);
    batch.receivedMicros(1);
    int row = batch.beginRow();
    batch.time(row, 2);
    batch.tags(row, batch.append(new byte[] {10, 77}, 0, 2));
    writer.begin(0);
    writer.add(batch, row);
    BlockReader reader = Blocks.open(Blocks.bytes(writer.finish()));

    assertThatThrownBy(() -> reader.column(Column.Core.TAGS).dictionary().list(0))
        .isInstanceOf(StorageException.Corrupt.class)
        .hasMessageStartingWith("block 7, column 'tags': malformed list");
  }

  private static void assertCorrupt(byte[] damaged) {
    assertThatThrownBy(() -> StoredEvent.read(Blocks.open(damaged)))
        .isInstanceOf(StorageException.Corrupt.class)
        .hasMessageContaining("block 7");
  }

  private byte[] withVersion(int version) {
    byte[] other = block.clone();
    Bytes.putInt(other, BlockLayout.VERSION_AT, version);
    repairChecksums(other);
    return other;
  }

  /** Makes all checksums right, as far as the directory can be read. */
  private static void repairChecksums(byte[] bytes) {
    int headerLength = Bytes.getInt(bytes, BlockLayout.HEADER_LENGTH_AT);
    if (headerLength < BlockLayout.DIRECTORY_AT || headerLength > bytes.length) {
      return;
    }
    int column = headerLength;
    for (int at = BlockLayout.DIRECTORY_AT; at + BlockLayout.ENTRY_LENGTH < headerLength; ) {
      int end = column + Bytes.getInt(bytes, at + BlockLayout.ENTRY_COLUMN_LENGTH_AT);
      if (end < column || end > bytes.length) {
        break;
      }
      Bytes.putInt(bytes, at + BlockLayout.ENTRY_CRC_AT, Bytes.crc32c(bytes, column, end));
      column = end;
      boolean property = (bytes[at] & 0xff) == BlockLayout.ID_PROPERTY;
      at += BlockLayout.ENTRY_LENGTH;
      if (property) {
        int length = at + 4 <= headerLength ? Bytes.getInt(bytes, at) : -1;
        if (length < 0 || length > headerLength) {
          break;
        }
        at += 4 + length;
      }
    }
    int crc = Bytes.crc32c(bytes, BlockLayout.HEADER_CHECKED_FROM, headerLength);
    Bytes.putInt(bytes, BlockLayout.HEADER_CRC_AT, crc);
  }
}
