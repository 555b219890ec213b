package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.Column;
import dev.millrace.server.log.format.v1.Input;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a segment, whichever snapshot it's read through: where its columns are, read
 * when first needed. Safe for use by several threads; reading something twice does no harm, but all
 * threads get the same.
 */
final class SegmentState {
  private final SegmentHeader header;
  private final String what;
  private final AtomicReferenceArray<@Nullable ValueColumn> columns;
  private volatile @Nullable LongColumn times;
  private volatile @Nullable LongColumn sequences;
  private volatile @Nullable ReceivedTimes received;

  SegmentState(SegmentHeader header, String what) {
    this.header = header;
    this.what = what;
    this.columns = new AtomicReferenceArray<>(header.columns());
  }

  SegmentHeader header() {
    return header;
  }

  /** Names the segment in errors. */
  String what() {
    return what;
  }

  LongColumn times(Regions regions) {
    LongColumn known = times;
    if (known == null) {
      known = read(regions, header.times(), "time", in -> LongColumn.read(in, header.pieces()));
      times = known;
    }
    return known;
  }

  LongColumn sequences(Regions regions) {
    LongColumn known = sequences;
    if (known == null) {
      known =
          read(regions, header.sequences(), "sequence", in -> LongColumn.read(in, header.pieces()));
      sequences = known;
    }
    return known;
  }

  ReceivedTimes received(Regions regions) {
    ReceivedTimes known = received;
    if (known == null) {
      known =
          read(
              regions,
              header.received(),
              "received time",
              in -> ReceivedTimes.read(in, header.summary().rows()));
      received = known;
    }
    return known;
  }

  /** A column that the header has found at an index. */
  ValueColumn column(Regions regions, int index, Column column) {
    ValueColumn known = columns.get(index);
    if (known != null) {
      return known;
    }
    String name = SegmentLayout.name(column);
    ValueColumn read =
        read(
            regions, header.column(index), name, in -> ValueColumn.read(in, header.pieces(), name));
    ValueColumn before = columns.compareAndExchange(index, null, read);
    return before == null ? read : before;
  }

  private static <T> T read(
      Regions regions, Region region, String name, Function<Input, T> reader) {
    try {
      return reader.apply(new Input(regions.read(region, name, true)));
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw regions.broken(name, e);
    }
  }

  long retainedBytes() {
    long bytes = 128L * header.pieces() * (2 + header.columns());
    ReceivedTimes known = received;
    if (known != null) {
      bytes += 16L * known.starts().length;
    }
    for (int i = 0; i < columns.length(); i++) {
      ValueColumn column = columns.get(i);
      if (column != null) {
        bytes += column.dictionary().retainedBytes();
      }
    }
    return bytes;
  }
}
