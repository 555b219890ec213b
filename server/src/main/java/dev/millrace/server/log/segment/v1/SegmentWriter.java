package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.Column;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.format.v1.Bytes;
import dev.millrace.server.log.format.v1.Output;
import dev.millrace.server.log.segment.ChunkSink;
import dev.millrace.server.log.segment.SegmentSummary;
import dev.millrace.server.log.segment.v1.encoding.LongCodec;
import dev.millrace.server.log.segment.v1.merge.ColumnRows;
import dev.millrace.server.log.segment.v1.merge.RowOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Merges blocks into a segment, one column after the other: no row is ever put together.
 *
 * <p>Memory: about 28 bytes a row, and once more the segment, which is kept until its header is
 * known, and its largest column with all its texts. So whoever seals bounds both rows and bytes.
 */
public final class SegmentWriter {
  private final List<? extends EventBlock> blocks;
  private final Output out = new Output();
  private final Body body = new Body();
  private final Output directory = new Output();
  private final int pieceRows;
  private int columns;

  private SegmentWriter(List<? extends EventBlock> blocks, int pieceRows) {
    this.blocks = blocks;
    this.pieceRows = pieceRows;
  }

  /**
   * Writes a segment of all rows of some blocks: of the log, or pieces of other segments.
   *
   * @param blocks in any order, with no sequence twice. Each is asked for again for each column, so
   *     a list that makes a block anew in each {@code get} keeps memory small: blocks hold on to
   *     the columns they have decoded
   * @param sink gets the chunks before this returns; what it throws is thrown on
   * @throws IllegalArgumentException if there's no row at all, or more than 67,108,864
   * @throws dev.millrace.server.error.StorageException.Corrupt if a block can't be read
   */
  public static SegmentSummary write(List<? extends EventBlock> blocks, ChunkSink sink) {
    return write(blocks, sink, SegmentLayout.PIECE_ROWS);
  }

  /** Like {@link #write(List, ChunkSink)}, in pieces of so many rows. */
  static SegmentSummary write(List<? extends EventBlock> blocks, ChunkSink sink, int pieceRows) {
    return new SegmentWriter(blocks, pieceRows).write(sink);
  }

  private SegmentSummary write(ChunkSink sink) {
    RowOrder order = RowOrder.of(blocks);
    int rows = order.rows();
    if (rows < 1 || rows > SegmentLayout.ROWS_MAX) {
      throw new IllegalArgumentException("a segment of %d rows".formatted(rows));
    }
    long[] times = order.times();
    long minSequence = Arrays.stream(order.sequences()).min().orElseThrow();
    long maxSequence = Arrays.stream(order.sequences()).max().orElseThrow();
    entry(SegmentLayout.ID_TIMES, new byte[0], writeLongs(times));
    entry(SegmentLayout.ID_SEQUENCES, new byte[0], writeLongs(order.sequences()));
    ReceivedTimes received = ReceivedTimes.of(blocks, rows);
    received.write(out);
    entry(SegmentLayout.ID_RECEIVED, new byte[0], body.add(out));
    writeColumns(order.targets());
    Output header = new Output();
    int length = SegmentHeader.LENGTH + directory.position();
    SegmentSummary known =
        new SegmentSummary(
            rows,
            Math.toIntExact(
                (length + body.length() + ChunkSink.CHUNK_BYTES_MAX - 1)
                    / ChunkSink.CHUNK_BYTES_MAX),
            length + body.length(),
            times[0],
            times[rows - 1],
            minSequence,
            maxSequence,
            received.min(),
            received.max());
    SegmentHeader.write(header, known, pieceRows, columns, length);
    header.put(directory.bytes(), 0, directory.position());
    int crc = Bytes.crc32c(header.bytes(), SegmentLayout.HEADER_CHECKED_FROM, length);
    Bytes.putInt(header.bytes(), SegmentLayout.HEADER_CRC_AT, crc);
    int chunks = body.write(header, sink);
    if (chunks != known.chunks()) {
      throw new IllegalStateException("%d chunks in place of %d".formatted(chunks, known.chunks()));
    }
    return known;
  }

  private void entry(int id, byte[] path, Region region) {
    directory.putByte(id);
    region.write(directory);
    if (id == SegmentLayout.ID_PROPERTY) {
      directory.putInt(path.length);
      directory.put(path, 0, path.length);
    }
    columns++;
  }

  private Region writeLongs(long[] values) {
    Output meta = new Output();
    meta.putLong(body.length());
    for (int from = 0; from < values.length; from += pieceRows) {
      int to = Math.min(values.length, from + pieceRows);
      long[] piece = Arrays.copyOfRange(values, from, to);
      LongCodec.write(out, piece, piece.length);
      Region region = body.add(out);
      meta.putLong(Arrays.stream(piece).min().orElseThrow());
      meta.putLong(Arrays.stream(piece).max().orElseThrow());
      meta.putInt(region.length());
      meta.putInt(region.crc());
    }
    return body.add(meta);
  }

  private void writeColumns(int[] targets) {
    ColumnWriter writer = new ColumnWriter(body, pieceRows);
    TreeSet<Column.Core> cores = new TreeSet<>();
    TreeMap<byte[], Column.Property> properties = new TreeMap<>(Arrays::compareUnsigned);
    for (EventBlock block : blocks) {
      for (Column.Core core : Column.Core.values()) {
        if (block.has(core)) {
          cores.add(core);
        }
      }
      for (String path : block.propertyPaths()) {
        properties.put(path.getBytes(StandardCharsets.UTF_8), new Column.Property(path));
      }
    }
    for (Column.Core core : cores) {
      Region meta = writer.write(ColumnRows.collect(blocks, core, targets));
      entry(core.ordinal(), new byte[0], meta);
    }
    properties.forEach(
        (path, property) -> {
          Region meta = writer.write(ColumnRows.collect(blocks, property, targets));
          entry(SegmentLayout.ID_PROPERTY, Objects.requireNonNull(path), meta);
        });
  }
}
