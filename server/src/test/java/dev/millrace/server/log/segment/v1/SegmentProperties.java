package dev.millrace.server.log.segment.v1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.RowHashes;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.log.format.v1.RandomEvents;
import dev.millrace.server.log.format.v1.StoredEvent;
import dev.millrace.server.log.segment.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class SegmentProperties {
  private static final int ROWS_MAX = 300;

  @Property(tries = 300)
  void blocks_come_back_sorted(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 5) int blocks,
      @ForAll @IntRange(min = 1, max = 400) int pieceRows) {
    List<List<StoredEvent>> events = events(seed, blocks);

    Segment segment = Segments.write(events.stream().map(Segments::block).toList(), pieceRows);

    assertThat(Segments.read(segment))
        .isEqualTo(events.stream().flatMap(List::stream).sorted(Segments.ORDER).toList());
  }

  @Property(tries = 100)
  void merged_segments_are_like_one_of_all_blocks(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 5) int count) {
    List<List<StoredEvent>> events = events(seed, count);
    List<EventBlock> blocks = events.stream().map(Segments::block).toList();
    List<EventBlock> pieces = new ArrayList<>();
    for (EventBlock block : blocks) {
      pieces.addAll(Segments.pieces(Segments.write(List.of(block), 64)));
    }

    assertThat(Segments.read(Segments.write(pieces, 128)))
        .isEqualTo(events.stream().flatMap(List::stream).sorted(Segments.ORDER).toList());
  }

  @Property(tries = 100)
  void pieces_know_their_bounds_and_kinds(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int pieceRows) {
    Segment segment =
        Segments.write(events(seed, 2).stream().map(Segments::block).toList(), pieceRows);

    for (EventBlock piece : Segments.pieces(segment)) {
      List<StoredEvent> rows = StoredEvent.read(piece);
      assertThat(piece.minTime()).isEqualTo(rows.getFirst().time());
      assertThat(piece.maxTime()).isEqualTo(rows.getLast().time());
      assertThat(piece.minSequence())
          .isEqualTo(rows.stream().mapToLong(StoredEvent::sequence).min().orElseThrow());
      assertThat(piece.maxSequence())
          .isEqualTo(rows.stream().mapToLong(StoredEvent::sequence).max().orElseThrow());
      for (String path : piece.propertyPaths()) {
        Column column = new Column.Property(path);
        checkSummary(piece.column(column), piece.summary(column));
        checkSummary(piece.column(column), segment.summary(column));
      }
    }
  }

  private static void checkSummary(ValueVector vector, ColumnSummary summary) {
    for (int row = 0; row < vector.rows(); row++) {
      assertThat(summary.mayHold(vector.kind(row))).isTrue();
      if (vector.kind(row) == Kind.NUMBER) {
        assertThat(vector.number(row)).isBetween(summary.minNumber(), summary.maxNumber());
      }
    }
  }

  @Property(tries = 100)
  void rows_are_found_by_sequence(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int pieceRows) {
    List<List<StoredEvent>> events = events(seed, 3);
    List<EventBlock> blocks = List.of(Segments.block(events.get(0)), Segments.block(events.get(2)));
    Segment segment = Segments.write(blocks, pieceRows);
    List<StoredEvent> rows = Segments.read(segment);
    long first = events.get(0).getFirst().sequence() - 1;
    long last = events.get(2).getLast().sequence() + 1;
    long[] sequences = new Random(seed).longs(50, first, last + 1).sorted().toArray();

    int[] found = segment.locate(sequences);

    for (int i = 0; i < sequences.length; i++) {
      long sequence = sequences[i];
      int expected = Segment.NOT_FOUND;
      for (int row = 0; row < rows.size(); row++) {
        if (rows.get(row).sequence() == sequence) {
          expected = row;
        }
      }
      assertThat(found[i]).isEqualTo(expected);
    }
  }

  @Property(tries = 50)
  void hashes_are_those_of_the_blocks(@ForAll long seed) {
    List<StoredEvent> events = events(seed, 1).getFirst();
    EventBlock block = Segments.block(events);
    long[] blockHashes = RowHashes.idHashes(block);
    EventBlock piece = Segments.write(List.of(block), 1000).piece(0);
    long[] hashes = RowHashes.idHashes(piece);

    for (int row = 0; row < piece.rows(); row++) {
      long sequence = piece.sequences()[row];
      assertThat(hashes[row])
          .isEqualTo(blockHashes[(int) (sequence - events.getFirst().sequence())]);
    }
  }

  /** The events of blocks whose sequences follow one another. */
  private static List<List<StoredEvent>> events(long seed, int blocks) {
    Random random = new Random(seed);
    RandomEvents source = new RandomEvents(seed);
    List<List<StoredEvent>> events = new ArrayList<>();
    long sequence = seed >>> 2;
    for (int i = 0; i < blocks; i++) {
      RandomEvents from = random.nextInt(3) > 0 ? source : new RandomEvents(random.nextLong());
      List<StoredEvent> block = from.batch(sequence, 1 + random.nextInt(ROWS_MAX));
      events.add(block);
      sequence += block.size();
    }
    return events;
  }
}
