package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.Column;
import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;
import dev.millrace.server.log.segment.ChunkSink;
import dev.millrace.server.log.segment.SegmentSummary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** What the header says, its checksum and version having been checked. Immutable. */
final class SegmentHeader {
  /** The length of the header without the directory. */
  static final int LENGTH = SegmentLayout.FRAME_LENGTH + 20 + 6 * 8;

  private static final int CORES = Column.Core.values().length;

  private final SegmentSummary summary;
  private final int length;
  private final int pieceRows;
  private Region times = Region.NONE;
  private Region sequences = Region.NONE;
  private Region received = Region.NONE;

  /** By index of a column: core columns first, then properties. */
  private final List<Region> columns = new ArrayList<>();

  private final int[] coreIndex = new int[CORES];
  private final List<byte[]> paths = new ArrayList<>();
  private final List<String> pathTexts = new ArrayList<>();

  /**
   * @param header all of it
   * @throws IllegalArgumentException if it can't be
   */
  SegmentHeader(byte[] header) {
    Input in = new Input(header);
    in.take(SegmentLayout.FRAME_LENGTH);
    length = header.length;
    long bodyLength = in.getLong();
    int rows = in.getInt();
    pieceRows = in.getInt();
    if (rows < 1
        || rows > SegmentLayout.ROWS_MAX
        || pieceRows < 1
        || pieceRows > SegmentLayout.PIECE_ROWS_MAX
        || bodyLength < 0) {
      throw new IllegalArgumentException(
          "%d rows in pieces of %d in %d bytes".formatted(rows, pieceRows, bodyLength));
    }
    int entries = in.getInt();
    long bytes = Math.addExact(length, bodyLength);
    summary =
        new SegmentSummary(
            rows,
            Math.toIntExact((bytes + ChunkSink.CHUNK_BYTES_MAX - 1) / ChunkSink.CHUNK_BYTES_MAX),
            bytes,
            in.getLong(),
            in.getLong(),
            in.getLong(),
            in.getLong(),
            in.getLong(),
            in.getLong());
    Arrays.fill(coreIndex, -1);
    for (int i = 0; i < entries; i++) {
      readEntry(in, bodyLength);
    }
    in.end();
    if (times.length() == 0 || sequences.length() == 0 || received.length() == 0) {
      throw new IllegalArgumentException("times or sequences are missing");
    }
  }

  private void readEntry(Input in, long bodyLength) {
    int id = in.getByte();
    Region region = Region.read(in);
    checkWithin(region, bodyLength);
    switch (id) {
      case SegmentLayout.ID_TIMES -> times = region;
      case SegmentLayout.ID_SEQUENCES -> sequences = region;
      case SegmentLayout.ID_RECEIVED -> received = region;
      case SegmentLayout.ID_PROPERTY -> {
        int pathLength = in.getInt();
        int at = in.take(pathLength);
        byte[] path = Arrays.copyOfRange(in.bytes(), at, at + pathLength);
        if (!paths.isEmpty() && Arrays.compareUnsigned(paths.getLast(), path) >= 0) {
          throw new IllegalArgumentException("paths that don't ascend");
        }
        paths.add(path);
        pathTexts.add(new String(path, StandardCharsets.UTF_8));
        columns.add(region);
      }
      default -> {
        if (id >= CORES || !paths.isEmpty()) {
          throw new IllegalArgumentException("unknown column %d".formatted(id));
        }
        coreIndex[id] = columns.size();
        columns.add(region);
      }
    }
  }

  private static void checkWithin(Region region, long bodyLength) {
    if (region.offset() < 0
        || region.length() < 0
        || region.offset() > bodyLength - region.length()) {
      throw new IllegalArgumentException("%s of %d bytes".formatted(region, bodyLength));
    }
  }

  /** Writes all but the checksum and the directory. */
  static void write(Output out, SegmentSummary summary, int pieceRows, int columns, int length) {
    out.putInt(SegmentLayout.MAGIC);
    out.putInt(0);
    out.putInt(SegmentLayout.VERSION);
    out.putInt(length);
    out.putLong(summary.bytes() - length);
    out.putInt(summary.rows());
    out.putInt(pieceRows);
    out.putInt(columns);
    out.putLong(summary.minTime());
    out.putLong(summary.maxTime());
    out.putLong(summary.minSequence());
    out.putLong(summary.maxSequence());
    out.putLong(summary.minReceived());
    out.putLong(summary.maxReceived());
  }

  SegmentSummary summary() {
    return summary;
  }

  /** In bytes. */
  int length() {
    return length;
  }

  int pieceRows() {
    return pieceRows;
  }

  int pieces() {
    return (summary.rows() + pieceRows - 1) / pieceRows;
  }

  int rows(int piece) {
    return Math.min(pieceRows, summary.rows() - piece * pieceRows);
  }

  Region times() {
    return times;
  }

  Region sequences() {
    return sequences;
  }

  Region received() {
    return received;
  }

  int columns() {
    return columns.size();
  }

  Region column(int index) {
    return columns.get(index);
  }

  /** The index of a column, or -1. */
  int find(Column column) {
    return switch (column) {
      case Column.Core core -> coreIndex[core.ordinal()];
      case Column.Property property -> {
        byte[] path = property.path().getBytes(StandardCharsets.UTF_8);
        int found = Collections.binarySearch(paths, path, Arrays::compareUnsigned);
        yield found < 0 ? -1 : columns.size() - paths.size() + found;
      }
    };
  }

  /** The paths of properties, ascending; by index less {@link #firstProperty}. */
  List<String> paths() {
    return Collections.unmodifiableList(pathTexts);
  }

  int firstProperty() {
    return columns.size() - paths.size();
  }
}
