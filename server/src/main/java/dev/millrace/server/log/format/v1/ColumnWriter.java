package dev.millrace.server.log.format.v1;

import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Kind;
import dev.millrace.server.event.PropertyColumn;
import dev.millrace.server.event.Slice;
import dev.millrace.server.event.TextField;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A column of a block in the making, other than times. Used again for another block after a reset.
 */
final class ColumnWriter {
  private static final int INITIAL = 64;
  private static final byte NUMBER = (byte) Kind.NUMBER.ordinal();
  private static final byte TEXT = (byte) Kind.TEXT.ordinal();
  private static final byte LIST = (byte) Kind.LIST.ordinal();

  /** Powers of ten by which numbers may be scaled to integers; see {@link BlockLayout}. */
  private static final int[] EXPONENTS = {0, 2, 4, 6};

  private final Scratch scratch;
  private int[] rows = new int[INITIAL];
  private byte[] kinds = new byte[INITIAL];
  private int size;

  /** The kinds there are, a bit for each ordinal. */
  private int kindSet;

  private double[] numbers = new double[INITIAL];
  private int numberCount;
  private byte[] booleans = new byte[INITIAL];
  private int booleanCount;
  private @Nullable TextPool texts;
  private @Nullable TextPool lists;

  ColumnWriter(Scratch scratch) {
    this.scratch = scratch;
  }

  /** Begins anew; see {@link TextPool#reset}. */
  void reset(boolean textsRepeat) {
    size = 0;
    kindSet = 0;
    numberCount = 0;
    booleanCount = 0;
    texts().reset(textsRepeat);
    if (lists != null) {
      lists.reset(true);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  long estimatedBytes() {
    return 3L * size
        + 8L * numberCount
        + texts().estimatedBytes()
        + (lists == null ? 0 : lists.estimatedBytes());
  }

  /** Adds a text field of rows of a batch, as rows of the block from {@code firstRow} on. */
  void addTexts(EventBatch batch, TextField field, int[] batchRows, int count, int firstRow) {
    reserve(count);
    long[] textSlices = scratch.texts(count);
    int found = 0;
    for (int i = 0; i < count; i++) {
      long slice = batch.text(field, batchRows[i]);
      if (slice != Slice.ABSENT) {
        textSlices[found] = slice;
        rows[size + found] = firstRow + i;
        found++;
      }
    }
    endEntries(TEXT, found);
    texts().add(batch.heap(), textSlices, found);
  }

  void addTags(EventBatch batch, int[] batchRows, int count, int firstRow) {
    reserve(count);
    long[] listSlices = scratch.lists(count);
    int found = 0;
    for (int i = 0; i < count; i++) {
      long slice = batch.tags(batchRows[i]);
      if (slice != Slice.ABSENT) {
        listSlices[found] = slice;
        rows[size + found] = firstRow + i;
        found++;
      }
    }
    endEntries(LIST, found);
    if (found > 0) {
      lists().add(batch.heap(), listSlices, found);
    }
  }

  /** Takes in entries of one kind whose rows have been set. */
  private void endEntries(byte kind, int count) {
    if (count > 0) {
      Arrays.fill(kinds, size, size + count, kind);
      kindSet |= 1 << kind;
      size += count;
    }
  }

  void addValues(EventBatch batch, int[] batchRows, int count, int firstRow) {
    reserve(count);
    for (int i = 0; i < count; i++) {
      double value = batch.value(batchRows[i]);
      if (!Double.isNaN(value)) {
        entry(firstRow + i, NUMBER);
        number(value);
      }
    }
  }

  /**
   * Adds a property of those rows of a batch that become rows of the block.
   *
   * @param blockRows for each row of the batch its row in the block, or -1
   */
  void addProperty(PropertyColumn property, byte[] heap, int[] blockRows) {
    int entries = property.size();
    reserve(entries);
    long[] textSlices = scratch.texts(entries);
    long[] listSlices = scratch.lists(entries);
    int textCount = 0;
    int listCount = 0;
    for (int i = 0; i < entries; i++) {
      int row = blockRows[property.row(i)];
      Kind kind = property.kind(i);
      if (row < 0 || kind == Kind.MISSING) {
        continue;
      }
      if (size > 0 && row <= rows[size - 1]) {
        throw new IllegalArgumentException(
            "two columns of the batch are called '%s'".formatted(property.path()));
      }
      entry(row, (byte) kind.ordinal());
      long payload = property.payload(i);
      switch (kind) {
        case NUMBER -> number(Double.longBitsToDouble(payload));
        case BOOLEAN -> bool(payload);
        case TEXT -> textSlices[textCount++] = payload;
        case LIST -> listSlices[listCount++] = payload;
        case MISSING, NULL, EMPTY_OBJECT -> {}
      }
    }
    texts().add(heap, textSlices, textCount);
    if (listCount > 0) {
      lists().add(heap, listSlices, listCount);
    }
  }

  private void reserve(int entries) {
    int needed = size + entries;
    if (needed > rows.length) {
      int capacity = Math.max(needed, rows.length * 2);
      rows = Arrays.copyOf(rows, capacity);
      kinds = Arrays.copyOf(kinds, capacity);
    }
  }

  private void entry(int row, byte kind) {
    rows[size] = row;
    kinds[size] = kind;
    kindSet |= 1 << kind;
    size++;
  }

  private void number(double value) {
    if (numberCount == numbers.length) {
      numbers = Arrays.copyOf(numbers, numberCount * 2);
    }
    numbers[numberCount++] = value;
  }

  private void bool(long value) {
    if (booleanCount == booleans.length) {
      booleans = Arrays.copyOf(booleans, booleanCount * 2);
    }
    booleans[booleanCount++] = (byte) (value == 0 ? 0 : 1);
  }

  // Most properties are of one kind, so pools are made when first needed.
  private TextPool texts() {
    TextPool pool = texts;
    if (pool == null) {
      pool = new TextPool();
      pool.reset(true);
      texts = pool;
    }
    return pool;
  }

  private TextPool lists() {
    TextPool pool = lists;
    if (pool == null) {
      pool = new TextPool();
      pool.reset(true);
      lists = pool;
    }
    return pool;
  }

  /** Writes the column of a block of so many rows; it has an entry at least. */
  void write(Output out, int blockRows) {
    boolean oneKind = Integer.bitCount(kindSet) == 1;
    int bitmapBytes = (blockRows + 7) >>> 3;
    int listBytes = 9 + size * PackedIntegers.width(rows[size - 1] - rows[0]);
    int form =
        size == blockRows
            ? BlockLayout.ROWS_ALL
            : bitmapBytes <= listBytes ? BlockLayout.ROWS_BITMAP : BlockLayout.ROWS_LIST;
    out.putByte(form);
    out.putByte(oneKind ? kinds[0] : BlockLayout.KINDS_DIFFER);
    out.putInt(size);
    if (form == BlockLayout.ROWS_BITMAP) {
      writeBitmap(out, blockRows);
    } else if (form == BlockLayout.ROWS_LIST) {
      PackedIntegers.write(out, rows, size);
    }
    if (!oneKind) {
      out.put(kinds, 0, size);
    }
    if (numberCount > 0) {
      writeNumbers(out);
    }
    if (booleanCount > 0) {
      out.putBits(booleans, booleanCount);
    }
    if (texts().count() > 0) {
      texts().write(out);
    }
    if (lists != null && lists.count() > 0) {
      lists.write(out);
    }
  }

  private void writeBitmap(Output out, int blockRows) {
    int at = out.reserveBits(blockRows);
    byte[] to = out.bytes();
    for (int i = 0; i < size; i++) {
      int row = rows[i];
      to[at + (row >>> 3)] |= (byte) (1 << (row & 7));
    }
  }

  private void writeNumbers(Output out) {
    long[] scaled = scratch.integers(numberCount);
    for (int exponent : EXPONENTS) {
      if (scale(exponent, scaled)) {
        out.putByte(exponent);
        PackedIntegers.write(out, scaled, numberCount);
        return;
      }
    }
    out.putByte(BlockLayout.NUMBERS_RAW);
    int at = out.reserve(Math.multiplyExact(8, numberCount));
    byte[] to = out.bytes();
    for (int i = 0; i < numberCount; i++) {
      Bytes.putLong(to, at + 8 * i, Double.doubleToRawLongBits(numbers[i]));
    }
  }

  /**
   * Whether every number comes back exactly from an integer of fewer than 8 bytes divided by 10^e.
   */
  private boolean scale(int exponent, long[] scaled) {
    double divisor = BlockLayout.divisor(exponent);
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < numberCount; i++) {
      double number = numbers[i];
      long integer = Math.round(number * divisor);
      // Compared by their bits, since 0.0 must not come back for -0.0.
      if (Double.doubleToRawLongBits(integer / divisor) != Double.doubleToRawLongBits(number)) {
        return false;
      }
      scaled[i] = integer;
      min = Math.min(min, integer);
      max = Math.max(max, integer);
    }
    return PackedIntegers.width(max - min) < 8;
  }
}
