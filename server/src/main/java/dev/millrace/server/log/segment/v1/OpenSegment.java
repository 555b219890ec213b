package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.segment.ChunkSource;
import dev.millrace.server.log.segment.Segment;
import dev.millrace.server.log.segment.SegmentSummary;
import dev.millrace.server.log.segment.v1.encoding.LongCodec;
import dev.millrace.server.log.segment.v1.encoding.Scratch;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** A segment as one snapshot reads it. */
final class OpenSegment implements Segment {
  private final SegmentState state;
  private final Regions regions;
  private final AtomicReferenceArray<@Nullable ColumnDictionary> dictionaries;

  OpenSegment(SegmentState state, ChunkSource source) {
    this.state = state;
    SegmentHeader header = state.header();
    this.regions = new Regions(source, state.what(), header.summary().bytes(), header.length());
    this.dictionaries = new AtomicReferenceArray<>(header.columns());
  }

  @Override
  public SegmentSummary summary() {
    return state.header().summary();
  }

  @Override
  public int pieces() {
    return state.header().pieces();
  }

  @Override
  public int pieceRows() {
    return state.header().pieceRows();
  }

  @Override
  public EventBlock piece(int number) {
    return new SegmentPiece(this, Objects.checkIndex(number, pieces()));
  }

  SegmentState state() {
    return state;
  }

  Regions regions() {
    return regions;
  }

  /** The dictionary of a column, the same for all who ask; empty if it has none. */
  Dictionary dictionary(int index, ValueColumn column) {
    if (column.dictionary().size() == 0) {
      return Dictionary.EMPTY;
    }
    ColumnDictionary known = dictionaries.get(index);
    if (known == null) {
      ColumnDictionary made = new ColumnDictionary(column.dictionary(), regions);
      ColumnDictionary before = dictionaries.compareAndExchange(index, null, made);
      known = before == null ? made : before;
    }
    return known;
  }

  @Override
  public ColumnSummary summary(Column column) {
    int index = state.header().find(column);
    return index < 0 ? ColumnSummary.MISSING : state.column(regions, index, column).summary();
  }

  @Override
  public boolean mayHold(Column column, String text) {
    int index = state.header().find(column);
    if (index < 0) {
      return false;
    }
    ValueColumn found = state.column(regions, index, column);
    if (!found.summary().mayHold(Kind.TEXT)) {
      return false;
    }
    return !(dictionary(index, found) instanceof ColumnDictionary dictionary)
        || dictionary.find(text) >= 0;
  }

  @Override
  public int[] locate(long... sequences) {
    int[] rows = new int[sequences.length];
    Arrays.fill(rows, NOT_FOUND);
    LongColumn column = state.sequences(regions);
    for (int piece = 0; piece < pieces(); piece++) {
      int from = lowerBound(sequences, column.min()[piece]);
      if (from < sequences.length && sequences[from] <= column.max()[piece]) {
        locate(sequences, from, sequences(piece, new Scratch()), piece * pieceRows(), rows);
      }
    }
    return rows;
  }

  private static int lowerBound(long[] sequences, long from) {
    int found = Arrays.binarySearch(sequences, from);
    if (found < 0) {
      return -found - 1;
    }
    while (found > 0 && sequences[found - 1] == from) {
      found--;
    }
    return found;
  }

  private static void locate(long[] wanted, int from, long[] held, int firstRow, int[] rows) {
    int next = from;
    for (int i = 0; i < held.length; i++) {
      long sequence = held[i];
      // Sequences mostly ascend with the rows, so that the next one wanted is near the last.
      if (next >= wanted.length || wanted[next] > sequence || wanted[next] < sequence) {
        int found = Arrays.binarySearch(wanted, sequence);
        if (found < 0) {
          continue;
        }
        next = found;
      }
      rows[next] = firstRow + i;
      for (int same = next - 1; same >= 0 && wanted[same] == sequence; same--) {
        rows[same] = firstRow + i;
      }
      for (next++; next < wanted.length && wanted[next] == sequence; next++) {
        rows[next] = firstRow + i;
      }
    }
  }

  long[] times(int piece, Scratch scratch) {
    return longs(state.times(regions), "time", piece, scratch);
  }

  long[] sequences(int piece, Scratch scratch) {
    return longs(state.sequences(regions), "sequence", piece, scratch);
  }

  private long[] longs(LongColumn column, String name, int piece, Scratch scratch) {
    boolean check = !column.checked()[piece];
    Input in = new Input(regions.read(column.regions()[piece], name, check));
    try {
      long[] values = LongCodec.read(in, state.header().rows(piece), scratch);
      column.checked()[piece] = true;
      return values;
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw regions.broken(name, e);
    }
  }

  @Override
  public Segment over(ChunkSource source) {
    return new OpenSegment(state, source);
  }

  @Override
  public long retainedBytes() {
    return state.retainedBytes();
  }
}
