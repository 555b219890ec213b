package dev.millrace.server.log.format.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.Column;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Kind;
import dev.millrace.server.event.TextField;
import dev.millrace.server.log.ValueVector;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BlockWriterTest {
  private static final int ROWS = 1000;

  /** A block of rows that have a time and nothing else. */
  private static final int BARE = block((batch, row) -> {}).length;

  private final BlockWriter writer = new BlockWriter();

  @Test
  void uuids_take_sixteen_bytes() {
    byte[] block =
        block(
            (batch, row) ->
                batch.text(TextField.EVENT_ID, row, batch.append(new UUID(row, ~row).toString())));

    assertThat(block.length - BARE).isBetween(16 * ROWS, 16 * ROWS + 50);
  }

  @Test
  void one_value_for_all_rows_takes_next_to_nothing() {
    byte[] block =
        block((batch, row) -> batch.text(TextField.SOURCE, row, batch.append("web_app")));

    assertThat(block.length - BARE).isLessThan(60);
  }

  @Test
  void a_property_of_few_rows_takes_little() {
    byte[] block =
        block(
            (batch, row) -> {
              if (row % 400 == 7) {
                batch.property(path(batch, "x"), row, Kind.TEXT, batch.append("rare"));
              }
            });

    assertThat(block.length - BARE).isLessThan(80);
    ValueVector vector = Blocks.open(block).column(new Column.Property("x"));
    assertThat(vector.kind(6)).isEqualTo(Kind.MISSING);
    assertThat(vector.kind(407)).isEqualTo(Kind.TEXT);
  }

  @Test
  void repeated_texts_have_one_code() {
    byte[] block =
        block(
            (batch, row) -> batch.text(TextField.TYPE, row, batch.append("some type " + row % 7)));

    ValueVector types = Blocks.open(block).column(Column.Core.TYPE);

    assertThat(types.uniform()).isTrue();
    assertThat(types.dictionary().size()).isEqualTo(7);
    assertThat(types.dictionary().distinct()).isTrue();
    assertThat(types.code(3)).isEqualTo(types.code(10));
  }

  @Test
  void texts_that_hardly_repeat_have_a_code_for_each_row() {
    byte[] block =
        block((batch, row) -> batch.text(TextField.USER_ID, row, batch.append("u" + row / 2 * 2)));
    byte[] scattered =
        block((batch, row) -> batch.text(TextField.USER_ID, row, batch.append("user " + row)));

    assertThat(Blocks.open(block).column(Column.Core.USER_ID).dictionary().distinct()).isTrue();
    ValueVector users = Blocks.open(scattered).column(Column.Core.USER_ID);
    assertThat(users.dictionary().distinct()).isFalse();
    assertThat(users.dictionary().size()).isEqualTo(ROWS);
    assertThat(users.dictionary().text(users.code(17))).isEqualTo("user 17");
  }

  @Test
  void amounts_with_two_decimals_are_small() {
    byte[] block = block((batch, row) -> batch.value(row, row / 100.0));

    assertThat(block.length - BARE).isBetween(2 * ROWS, 2 * ROWS + 50);
  }

  @Test
  void a_text_and_a_list_of_the_same_bytes_stay_apart() {
    byte[] block =
        block(
            (batch, row) ->
                batch.property(
                    path(batch, "x"), row, row % 2 == 0 ? Kind.TEXT : Kind.LIST, batch.append("")));

    ValueVector vector = Blocks.open(block).column(new Column.Property("x"));

    assertThat(vector.code(0)).isNotEqualTo(vector.code(1));
    assertThat(vector.dictionary().text(vector.code(0))).isEmpty();
    assertThat(vector.dictionary().list(vector.code(1))).isEmpty();
    assertThatThrownBy(() -> vector.dictionary().list(vector.code(0)))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> vector.dictionary().text(vector.code(1)))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void rows_have_to_ascend() {
    EventBatch batch = batch((b, row) -> {});
    writer.begin(1);

    assertThatThrownBy(() -> writer.add(batch, new int[] {4, 4}, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 4 after row 4");
  }

  @Test
  void nothing_can_be_added_before_a_block_is_begun() {
    EventBatch batch = batch((b, row) -> {});

    assertThatThrownBy(() -> writer.add(batch, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
  }

  private static int path(EventBatch batch, String key) {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    return batch.path(EventBatch.rootPath(), name, 0, name.length);
  }

  private static EventBatch batch(ObjIntConsumer<EventBatch> fill) {
    EventBatch batch = new EventBatch(BatchHeader.of(""), new byte[16], 0, ROWS);
    batch.receivedMicros(1);
    for (int i = 0; i < ROWS; i++) {
      int row = batch.beginRow();
      batch.time(row, 1);
      fill.accept(batch, row);
    }
    return batch;
  }

  private static byte[] block(ObjIntConsumer<EventBatch> fill) {
    int[] rows = IntStream.range(0, ROWS).toArray();
    BlockWriter writer = new BlockWriter();
    writer.begin(1);
    writer.add(batch(fill), rows, ROWS);
    return Blocks.bytes(writer.finish());
  }
}
