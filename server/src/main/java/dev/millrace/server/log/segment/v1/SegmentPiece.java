package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.Column;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.segment.v1.encoding.Scratch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of a segment. Confined to one thread. */
final class SegmentPiece implements EventBlock {
  private final OpenSegment segment;
  private final int number;
  private final int rows;
  private final Scratch scratch = new Scratch();
  private final @Nullable ValueVector[] vectors;
  private @Nullable ValueVector missing;
  private long @Nullable [] times;
  private long @Nullable [] sequences;
  private long @Nullable [] received;
  private @Nullable List<String> paths;

  SegmentPiece(OpenSegment segment, int number) {
    this.segment = segment;
    this.number = number;
    this.rows = segment.state().header().rows(number);
    this.vectors = new ValueVector[segment.state().header().columns()];
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public long minTime() {
    return segment.state().times(segment.regions()).min()[number];
  }

  @Override
  public long maxTime() {
    return segment.state().times(segment.regions()).max()[number];
  }

  @Override
  public long minSequence() {
    return segment.state().sequences(segment.regions()).min()[number];
  }

  @Override
  public long maxSequence() {
    return segment.state().sequences(segment.regions()).max()[number];
  }

  @Override
  public long[] times() {
    long[] known = times;
    if (known == null) {
      known = segment.times(number, scratch);
      times = known;
    }
    return known;
  }

  @Override
  public long[] sequences() {
    long[] known = sequences;
    if (known == null) {
      known = segment.sequences(number, scratch);
      sequences = known;
    }
    return known;
  }

  @Override
  public long[] receivedTimes() {
    long[] known = received;
    if (known == null) {
      known = segment.state().received(segment.regions()).of(sequences());
      received = known;
    }
    return known;
  }

  @Override
  public ValueVector column(Column column) {
    int index = segment.state().header().find(column);
    if (index < 0) {
      return missing();
    }
    ValueVector known = vectors[index];
    if (known == null) {
      ValueColumn found = segment.state().column(segment.regions(), index, column);
      known = found.regions()[number].length() == 0 ? missing() : read(index, found);
      vectors[index] = known;
    }
    return known;
  }

  private ValueVector read(int index, ValueColumn column) {
    Regions regions = segment.regions();
    String name = column.dictionary().name();
    boolean check = !column.checked()[number];
    Input in = new Input(regions.read(column.regions()[number], name, check));
    try {
      ValueVector vector =
          new PieceDecoder(
                  in, rows, segment.dictionary(index, column), regions.name(name), check, scratch)
              .read();
      column.checked()[number] = true;
      return vector;
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw regions.broken(name, e);
    }
  }

  private ValueVector missing() {
    ValueVector known = missing;
    if (known == null) {
      known = ValueVector.missing(rows);
      missing = known;
    }
    return known;
  }

  @Override
  public ColumnSummary summary(Column column) {
    int index = segment.state().header().find(column);
    return index < 0
        ? ColumnSummary.MISSING
        : segment.state().column(segment.regions(), index, column).summaries()[number];
  }

  @Override
  public @Nullable Dictionary dictionary(Column column) {
    int index = segment.state().header().find(column);
    if (index < 0) {
      return null;
    }
    ValueColumn found = segment.state().column(segment.regions(), index, column);
    // Values that hardly repeat have no dictionary apart from their rows.
    return found.dictionary().size() == 0 ? null : segment.dictionary(index, found);
  }

  @Override
  public boolean has(Column column) {
    int index = segment.state().header().find(column);
    return index >= 0
        && segment.state().column(segment.regions(), index, column).regions()[number].length() > 0;
  }

  @Override
  public List<String> propertyPaths() {
    List<String> known = paths;
    if (known == null) {
      known = new ArrayList<>();
      for (String path : segment.state().header().paths()) {
        if (has(new Column.Property(path))) {
          known.add(path);
        }
      }
      known = Collections.unmodifiableList(known);
      paths = known;
    }
    return known;
  }
}
