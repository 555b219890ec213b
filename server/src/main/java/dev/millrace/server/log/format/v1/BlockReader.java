package dev.millrace.server.log.format.v1;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.Column;
import dev.millrace.server.event.Kind;
import dev.millrace.server.log.BlockBytes;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored block. The header is checked when it's opened, each column when it's first asked for;
 * both are copied then, so strings and vectors stay good after the snapshot they came from, but no
 * further column may be asked for by then.
 *
 * <p>All that reads a column throws {@link StorageException.Corrupt}, which names the block and the
 * column, if its bytes aren't what was written. Confined to one thread.
 */
public final class BlockReader implements EventBlock {
  private final BlockBytes bytes;
  private final String what;
  private final byte[] header;
  private final int rows;
  private final Directory directory;
  private final @Nullable ValueVector[] vectors;
  private @Nullable ValueVector missing;
  private long @Nullable [] times;
  private long @Nullable [] received;
  private long @Nullable [] sequences;

  private BlockReader(BlockBytes bytes, String what, byte[] header) {
    this.bytes = bytes;
    this.what = what;
    this.header = header;
    this.rows = Bytes.getInt(header, BlockLayout.ROWS_AT);
    if (rows < 0 || rows > BlockLayout.ROWS_MAX) {
      throw new IllegalArgumentException("%d rows".formatted(rows));
    }
    int blockLength = Bytes.getInt(header, BlockLayout.BLOCK_LENGTH_AT);
    if (blockLength != bytes.length()) {
      throw new IllegalArgumentException(
          "it has %d bytes in place of %d".formatted(bytes.length(), blockLength));
    }
    int columns = Bytes.getInt(header, BlockLayout.COLUMNS_AT);
    this.directory = new Directory(header, columns, blockLength);
    this.vectors = new ValueVector[columns];
  }

  /**
   * Opens a block and checks its header.
   *
   * @param what names the block in errors
   * @throws StorageException.Corrupt if it isn't what was written
   * @throws StorageException.TooNew if a later version wrote it
   * @throws StorageException.TooOld if its version isn't read any more
   */
  public static BlockReader open(BlockBytes bytes, String what) {
    byte[] header = header(bytes, what);
    int version = Bytes.getInt(header, BlockLayout.VERSION_AT);
    if (version > BlockLayout.VERSION) {
      throw new StorageException.TooNew(what, version, BlockLayout.VERSION);
    }
    if (version < BlockLayout.OLDEST_VERSION) {
      throw new StorageException.TooOld(what, version, BlockLayout.OLDEST_VERSION);
    }
    try {
      return new BlockReader(bytes, what, header);
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw new StorageException.Corrupt(what + ": broken header: " + e.getMessage(), e);
    }
  }

  /** Reads a header as far as all versions have it alike, and checks it. */
  private static byte[] header(BlockBytes bytes, String what) {
    if (bytes.length() < BlockLayout.FRAME_LENGTH) {
      throw corrupt(what, "cut off after %d bytes".formatted(bytes.length()));
    }
    byte[] frame = copy(bytes, 0, BlockLayout.FRAME_LENGTH);
    if (Bytes.getInt(frame, BlockLayout.MAGIC_AT) != BlockLayout.MAGIC) {
      throw corrupt(what, "not a block of events");
    }
    int length = Bytes.getInt(frame, BlockLayout.HEADER_LENGTH_AT);
    if (length < BlockLayout.FRAME_LENGTH || length > bytes.length()) {
      throw corrupt(what, "a header of %d in %d bytes".formatted(length, bytes.length()));
    }
    byte[] header = copy(bytes, 0, length);
    int crc = Bytes.crc32c(header, BlockLayout.HEADER_CHECKED_FROM, length);
    int expected = Bytes.getInt(header, BlockLayout.HEADER_CRC_AT);
    if (crc != expected) {
      throw corrupt(what, "header has checksum %08x, expected %08x".formatted(crc, expected));
    }
    return header;
  }

  private static byte[] copy(BlockBytes bytes, int offset, int length) {
    ByteBuffer slice = bytes.slice(offset, length);
    byte[] copy = new byte[length];
    slice.get(copy);
    return copy;
  }

  private static StorageException.Corrupt corrupt(String what, String why) {
    return new StorageException.Corrupt(what + ": " + why, null);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public long minTime() {
    return Bytes.getLong(header, BlockLayout.MIN_TIME_AT);
  }

  @Override
  public long maxTime() {
    return Bytes.getLong(header, BlockLayout.MAX_TIME_AT);
  }

  /** The earliest time of receipt in the block, microseconds since 1970. */
  public long minReceivedTime() {
    return Bytes.getLong(header, BlockLayout.MIN_RECEIVED_AT);
  }

  /** The latest time of receipt in the block, inclusive. */
  public long maxReceivedTime() {
    return Bytes.getLong(header, BlockLayout.MAX_RECEIVED_AT);
  }

  @Override
  public long minSequence() {
    return Bytes.getLong(header, BlockLayout.FIRST_SEQUENCE_AT);
  }

  @Override
  public long maxSequence() {
    return minSequence() + rows - 1;
  }

  @Override
  public long[] times() {
    long[] known = times;
    if (known == null) {
      known = readTimes(0, "time");
      times = known;
    }
    return known;
  }

  @Override
  public long[] receivedTimes() {
    long[] known = received;
    if (known == null) {
      known = readTimes(1, "received time");
      received = known;
    }
    return known;
  }

  @Override
  public long[] sequences() {
    long[] known = sequences;
    if (known == null) {
      known = new long[rows];
      for (int i = 0; i < rows; i++) {
        known[i] = minSequence() + i;
      }
      sequences = known;
    }
    return known;
  }

  @Override
  public boolean has(Column column) {
    return directory.find(column) >= 0;
  }

  @Override
  public List<String> propertyPaths() {
    return directory.paths();
  }

  @Override
  public ValueVector column(Column column) {
    int index = directory.find(column);
    if (index < 0) {
      return missing();
    }
    ValueVector known = vectors[index];
    if (known == null) {
      String name = columnName(BlockLayout.name(column));
      try {
        known = new ColumnReader(columnBytes(index, name), rows, name).read(kind(column));
      } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
        throw broken(name, e);
      }
      vectors[index] = known;
    }
    return known;
  }

  /** The kind of a column that has only one; null for properties. */
  private static @Nullable Kind kind(Column column) {
    if (!(column instanceof Column.Core core)) {
      return null;
    }
    return switch (core) {
      case VALUE -> Kind.NUMBER;
      case TAGS -> Kind.LIST;
      case EVENT_ID, TYPE, USER_ID, SESSION_ID, SOURCE, IP, USER_AGENT, REFERRER, LOCALE ->
          Kind.TEXT;
    };
  }

  private ValueVector missing() {
    ValueVector known = missing;
    if (known == null) {
      known = ValueVector.missing(rows);
      missing = known;
    }
    return known;
  }

  private long[] readTimes(int index, String label) {
    String name = columnName(label);
    try {
      return new ColumnReader(columnBytes(index, name), rows, name).readTimes();
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw broken(name, e);
    }
  }

  private String columnName(String column) {
    return what + ", column '" + column + "'";
  }

  private static StorageException.Corrupt broken(String name, RuntimeException cause) {
    return new StorageException.Corrupt(name + ": broken: " + cause.getMessage(), cause);
  }

  private byte[] columnBytes(int index, String name) {
    byte[] column = copy(bytes, directory.offset(index), directory.length(index));
    int crc = Bytes.crc32c(column, 0, column.length);
    int expected = directory.crc(index);
    if (crc != expected) {
      throw corrupt(name, "checksum %08x, expected %08x".formatted(crc, expected));
    }
    return column;
  }
}
