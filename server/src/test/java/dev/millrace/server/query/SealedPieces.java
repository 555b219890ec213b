package dev.millrace.server.query;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.Dictionary;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The events of a block as a sealed segment would hand them out: in pieces, ordered by (time,
 * sequence), with one dictionary for a column, narrow codes where they fit, and exact summaries.
 */
final class SealedPieces {
  private final EventBlock whole;
  private final Map<Column, ValueVector> decoded = new HashMap<>();

  private SealedPieces(EventBlock whole) {
    this.whole = whole;
  }

  static List<EventBlock> of(EventBlock whole, int rowsMax) {
    SealedPieces pieces = new SealedPieces(whole);
    int[] order =
        IntStream.range(0, whole.rows())
            .boxed()
            .sorted(
                Comparator.comparingLong((Integer row) -> whole.times()[row])
                    .thenComparingLong(row -> whole.sequences()[row]))
            .mapToInt(Integer::intValue)
            .toArray();
    List<EventBlock> result = new ArrayList<>();
    for (int from = 0; from < order.length; from += rowsMax) {
      int to = Math.min(order.length, from + rowsMax);
      result.add(pieces.new Piece(Arrays.copyOfRange(order, from, to)));
    }
    return result;
  }

  private ValueVector decoded(Column column) {
    return decoded.computeIfAbsent(column, whole::column);
  }

  private final class Piece implements EventBlock {
    private final int[] order;

    Piece(int[] order) {
      this.order = order;
    }

    private long[] ordered(long[] of) {
      return IntStream.of(order).mapToLong(row -> of[row]).toArray();
    }

    @Override
    public int rows() {
      return order.length;
    }

    @Override
    public long minTime() {
      return times()[0];
    }

    @Override
    public long maxTime() {
      return times()[order.length - 1];
    }

    @Override
    public long minSequence() {
      return IntStream.of(order).mapToLong(row -> whole.sequences()[row]).min().orElseThrow();
    }

    @Override
    public long maxSequence() {
      return IntStream.of(order).mapToLong(row -> whole.sequences()[row]).max().orElseThrow();
    }

    @Override
    public long[] times() {
      return ordered(whole.times());
    }

    @Override
    public long[] sequences() {
      return ordered(whole.sequences());
    }

    @Override
    public long[] receivedTimes() {
      return ordered(whole.receivedTimes());
    }

    @Override
    public ValueVector column(Column column) {
      ValueVector from = decoded(column);
      int rows = order.length;
      byte[] kinds = new byte[rows];
      double[] numbers = new double[rows];
      int[] codes = new int[rows];
      byte[] narrow = new byte[rows];
      for (int i = 0; i < rows; i++) {
        Kind kind = from.kind(order[i]);
        kinds[i] = (byte) kind.ordinal();
        switch (kind) {
          case NUMBER, BOOLEAN -> numbers[i] = from.number(order[i]);
          case TEXT, LIST -> codes[i] = from.code(order[i]);
          case MISSING, NULL, EMPTY_OBJECT -> {}
        }
        narrow[i] = (byte) codes[i];
      }
      Dictionary dictionary = from.dictionary();
      boolean few = dictionary.size() > 0 && dictionary.size() <= 256;
      int seen = summary(column).kinds();
      if (seen == 1 << Kind.NUMBER.ordinal()) {
        return ValueVector.ofNumbers(numbers, rows);
      }
      if (seen == 1 << Kind.TEXT.ordinal()) {
        return few
            ? ValueVector.ofFewTexts(narrow, rows, dictionary)
            : ValueVector.ofTexts(codes, rows, dictionary);
      }
      return few
          ? ValueVector.mixedOfFew(kinds, numbers, narrow, rows, dictionary)
          : ValueVector.mixed(kinds, numbers, codes, rows, dictionary);
    }

    @Override
    public ColumnSummary summary(Column column) {
      ValueVector from = decoded(column);
      int kinds = 0;
      double min = Double.POSITIVE_INFINITY;
      double max = Double.NEGATIVE_INFINITY;
      for (int row : order) {
        kinds |= 1 << from.kind(row).ordinal();
        if (from.kind(row) == Kind.NUMBER) {
          min = Math.min(min, from.number(row));
          max = Math.max(max, from.number(row));
        }
      }
      return new ColumnSummary(kinds, min, max);
    }

    @Override
    public @Nullable Dictionary dictionary(Column column) {
      return decoded(column).hasCodes() ? decoded(column).dictionary() : null;
    }

    @Override
    public boolean has(Column column) {
      return whole.has(column);
    }

    @Override
    public List<String> propertyPaths() {
      return whole.propertyPaths();
    }
  }
}
