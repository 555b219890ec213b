package dev.millrace.server.log.format.v1;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.PropertyColumn;
import dev.millrace.server.event.TextField;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes blocks out of rows of batches. Used block after block by one thread: {@link #begin}, {@link
 * #add} as often as needed, {@link #finish}.
 *
 * <p>The same rows give the same bytes, whatever was written before. Works column by column, so
 * hand over as many rows of a batch at a time as there are.
 */
public final class BlockWriter {
  private static final int INITIAL_ROWS = 1024;

  /** Columns kept for the next block; a project with more properties makes them anew. */
  private static final int SPARE_MAX = 512;

  /** A column with its place in the directory. */
  private record Entry(int id, byte[] path, ColumnWriter column) {
    int length() {
      return BlockLayout.ENTRY_LENGTH + (id == BlockLayout.ID_PROPERTY ? 4 + path.length : 0);
    }
  }

  private static final byte[] NO_PATH = {};
  private static final TextField[] TEXT_FIELDS = TextField.values();

  private final Scratch scratch = new Scratch();
  private final Output out = new Output();
  private final ColumnWriter[] core = new ColumnWriter[Column.Core.values().length];
  private final Map<String, ColumnWriter> properties = new HashMap<>();
  private final List<ColumnWriter> spare = new ArrayList<>();
  private long[] times = new long[INITIAL_ROWS];
  private long[] received = new long[INITIAL_ROWS];
  private int[] blockRows = new int[INITIAL_ROWS];
  private final int[] oneRow = new int[1];
  private long firstSequence;
  private int rows;
  private boolean begun;

  /** A writer without a block. */
  public BlockWriter() {
    for (int i = 0; i < core.length; i++) {
      core[i] = new ColumnWriter(scratch);
    }
  }

  /**
   * Begins a block without rows; row {@code i} will have the sequence {@code firstSequence + i}.
   */
  public void begin(long firstSequence) {
    this.firstSequence = firstSequence;
    rows = 0;
    begun = true;
    for (int i = 0; i < core.length; i++) {
      core[i].reset(i != Column.Core.EVENT_ID.ordinal());
    }
    for (ColumnWriter column : properties.values()) {
      if (spare.size() < SPARE_MAX) {
        spare.add(column);
      }
    }
    properties.clear();
  }

  /**
   * Appends rows of a stamped batch. The batch isn't kept.
   *
   * @param batchRows rows of the batch, the first {@code count} of the array, strictly ascending
   * @throws IllegalArgumentException if the rows don't ascend, if two properties have the same
   *     path, or if the block would get more than 2^20 rows; a new block has to be begun then
   */
  public void add(EventBatch batch, int[] batchRows, int count) {
    if (!begun) {
      throw new IllegalStateException("no block has been begun");
    }
    check(batchRows, count);
    addTimes(batch, batchRows, count);
    for (TextField field : TEXT_FIELDS) {
      core[Column.Core.of(field).ordinal()].addTexts(batch, field, batchRows, count, rows);
    }
    core[Column.Core.VALUE.ordinal()].addValues(batch, batchRows, count, rows);
    core[Column.Core.TAGS.ordinal()].addTags(batch, batchRows, count, rows);
    addProperties(batch, batchRows, count);
    rows += count;
  }

  /** Appends one row of a stamped batch; several at a time are much faster. */
  public void add(EventBatch batch, int batchRow) {
    oneRow[0] = batchRow;
    add(batch, oneRow, 1);
  }

  private void check(int[] batchRows, int count) {
    if (rows + count > BlockLayout.ROWS_MAX) {
      throw new IllegalArgumentException(
          "a block of %d rows; it may have %d".formatted(rows + count, BlockLayout.ROWS_MAX));
    }
    for (int i = 1; i < count; i++) {
      if (batchRows[i] <= batchRows[i - 1]) {
        throw new IllegalArgumentException(
            "row %d after row %d".formatted(batchRows[i], batchRows[i - 1]));
      }
    }
  }

  private void addTimes(EventBatch batch, int[] batchRows, int count) {
    int needed = rows + count;
    if (needed > times.length) {
      int capacity = Math.max(needed, times.length * 2);
      times = Arrays.copyOf(times, capacity);
      received = Arrays.copyOf(received, capacity);
    }
    for (int i = 0; i < count; i++) {
      times[rows + i] = batch.time(batchRows[i]);
    }
    Arrays.fill(received, rows, needed, batch.receivedMicros());
  }

  private void addProperties(EventBatch batch, int[] batchRows, int count) {
    List<PropertyColumn> columns = batch.properties();
    if (columns.isEmpty()) {
      return;
    }
    if (blockRows.length < batch.size()) {
      blockRows = new int[Math.max(batch.size(), blockRows.length * 2)];
    }
    Arrays.fill(blockRows, 0, batch.size(), -1);
    for (int i = 0; i < count; i++) {
      blockRows[batchRows[i]] = rows + i;
    }
    byte[] heap = batch.heap();
    for (PropertyColumn column : columns) {
      property(column.path()).addProperty(column, heap, blockRows);
    }
  }

  private ColumnWriter property(String path) {
    ColumnWriter column = properties.get(path);
    if (column == null) {
      column = spare.isEmpty() ? new ColumnWriter(scratch) : spare.removeLast();
      column.reset(true);
      properties.put(path, column);
    }
    return column;
  }

  /** The rows so far. */
  public int rows() {
    return rows;
  }

  /** About how long the block would be, in bytes, on the high side; asks every column. */
  public int estimatedBytes() {
    long bytes = BlockLayout.DIRECTORY_AT + 8L * rows;
    for (ColumnWriter column : core) {
      bytes += column.estimatedBytes();
    }
    for (Map.Entry<String, ColumnWriter> property : properties.entrySet()) {
      bytes += 32 + property.getKey().length() + property.getValue().estimatedBytes();
    }
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  /**
   * Ends the block and returns its bytes, position 0 to the limit, on the heap. They are the
   * writer's own and good until the next {@link #begin}: copy them to where they belong.
   */
  public ByteBuffer finish() {
    if (!begun) {
      throw new IllegalStateException("no block has been begun");
    }
    begun = false;
    List<Entry> entries = entries();
    int headerLength = BlockLayout.DIRECTORY_AT + 2 * BlockLayout.ENTRY_LENGTH;
    for (Entry entry : entries) {
      headerLength += entry.length();
    }
    out.reset();
    out.reserve(headerLength);
    int at = BlockLayout.DIRECTORY_AT;
    at = writeTimes(at, BlockLayout.ID_TIMES, times);
    at = writeTimes(at, BlockLayout.ID_RECEIVED, received);
    for (Entry entry : entries) {
      int begin = out.position();
      entry.column().write(out, rows);
      at = writeEntry(at, entry.id(), begin, entry.path());
    }
    writeHeader(headerLength, entries.size() + 2);
    return ByteBuffer.wrap(out.bytes(), 0, out.position()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private List<Entry> entries() {
    List<Entry> entries = new ArrayList<>(core.length + properties.size());
    properties.forEach(
        (path, column) -> {
          if (!column.isEmpty()) {
            byte[] name = path.getBytes(StandardCharsets.UTF_8);
            entries.add(new Entry(BlockLayout.ID_PROPERTY, name, column));
          }
        });
    entries.sort((a, b) -> Arrays.compareUnsigned(a.path(), b.path()));
    List<Entry> all = new ArrayList<>(core.length + entries.size());
    for (int i = 0; i < core.length; i++) {
      if (!core[i].isEmpty()) {
        all.add(new Entry(i, NO_PATH, core[i]));
      }
    }
    all.addAll(entries);
    return all;
  }

  private int writeTimes(int entryAt, int id, long[] micros) {
    int begin = out.position();
    int exponent = TimeUnits.exponent(micros, rows);
    long unit = TimeUnits.unit(exponent);
    long[] units = scratch.integers(rows);
    for (int i = 0; i < rows; i++) {
      units[i] = micros[i] / unit;
    }
    out.putByte(exponent);
    PackedIntegers.write(out, units, rows);
    return writeEntry(entryAt, id, begin, null);
  }

  private int writeEntry(int at, int id, int begin, byte @Nullable [] path) {
    byte[] to = out.bytes();
    to[at] = (byte) id;
    Bytes.putInt(to, at + BlockLayout.ENTRY_COLUMN_LENGTH_AT, out.position() - begin);
    Bytes.putInt(to, at + BlockLayout.ENTRY_CRC_AT, Bytes.crc32c(to, begin, out.position()));
    int end = at + BlockLayout.ENTRY_LENGTH;
    if (path != null && id == BlockLayout.ID_PROPERTY) {
      Bytes.putInt(to, end, path.length);
      System.arraycopy(path, 0, to, end + 4, path.length);
      end += 4 + path.length;
    }
    return end;
  }

  private void writeHeader(int headerLength, int columns) {
    byte[] to = out.bytes();
    Bytes.putInt(to, BlockLayout.MAGIC_AT, BlockLayout.MAGIC);
    Bytes.putInt(to, BlockLayout.VERSION_AT, BlockLayout.VERSION);
    Bytes.putInt(to, BlockLayout.HEADER_LENGTH_AT, headerLength);
    Bytes.putInt(to, BlockLayout.BLOCK_LENGTH_AT, out.position());
    Bytes.putInt(to, BlockLayout.ROWS_AT, rows);
    Bytes.putInt(to, BlockLayout.COLUMNS_AT, columns);
    Bytes.putInt(to, BlockLayout.ZERO_AT, 0);
    Bytes.putLong(to, BlockLayout.FIRST_SEQUENCE_AT, firstSequence);
    Bytes.putLong(to, BlockLayout.MIN_TIME_AT, TimeUnits.min(times, rows));
    Bytes.putLong(to, BlockLayout.MAX_TIME_AT, TimeUnits.max(times, rows));
    Bytes.putLong(to, BlockLayout.MIN_RECEIVED_AT, TimeUnits.min(received, rows));
    Bytes.putLong(to, BlockLayout.MAX_RECEIVED_AT, TimeUnits.max(received, rows));
    int crc = Bytes.crc32c(to, BlockLayout.HEADER_CHECKED_FROM, headerLength);
    Bytes.putInt(to, BlockLayout.HEADER_CRC_AT, crc);
  }
}
