package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.Kind;
import dev.millrace.server.log.ColumnSummary;
import dev.millrace.server.log.format.v1.Output;
import dev.millrace.server.log.segment.v1.encoding.CodeCodec;
import dev.millrace.server.log.segment.v1.encoding.FrontCoding;
import dev.millrace.server.log.segment.v1.encoding.NumberCodec;
import dev.millrace.server.log.segment.v1.encoding.PlainCodec;
import dev.millrace.server.log.segment.v1.encoding.Presence;
import dev.millrace.server.log.segment.v1.merge.ColumnRows;

/** Writes the dictionary and the pieces of one column, and then what points to them. */
final class ColumnWriter {
  static final int KINDS = Kind.values().length;

  private final Body body;
  private final int pieceRows;
  private final Output region = new Output();
  private final Output meta = new Output();

  // The entries of a piece: rows that have a value, and the values by kind.
  private final int[] present;
  private final int[] entryKinds;
  private final double[] numbers;
  private final byte[] booleans;
  private final int[] texts;
  private final int[] lists;
  private final int[] codes;

  ColumnWriter(Body body, int pieceRows) {
    this.body = body;
    this.pieceRows = pieceRows;
    this.present = new int[pieceRows];
    this.entryKinds = new int[pieceRows];
    this.numbers = new double[pieceRows];
    this.booleans = new byte[pieceRows];
    this.texts = new int[pieceRows];
    this.lists = new int[pieceRows];
    this.codes = new int[pieceRows];
  }

  /** Writes a column and returns the region that describes it. */
  Region write(ColumnRows rows) {
    meta.reset();
    int dictionarySize = writeDictionary(rows);
    meta.putLong(body.length());
    int count = rows.kinds().length;
    for (int from = 0; from < count; from += pieceRows) {
      int to = Math.min(count, from + pieceRows);
      ColumnSummary summary = writePiece(rows, from, to, dictionarySize);
      Region piece = body.add(region);
      PieceSummary.write(meta, summary);
      meta.putInt(piece.length());
      meta.putInt(piece.crc());
    }
    return body.add(meta);
  }

  private int writeDictionary(ColumnRows rows) {
    int textCount = rows.textOrder().length;
    int listCount = rows.listOrder().length;
    meta.putInt(textCount);
    meta.putInt(listCount);
    Region dictionary = Region.NONE;
    if (textCount + listCount > 0) {
      region.putByte(rows.uuids() ? 1 : 0);
      FrontCoding.write(region, rows.texts(), rows.textOrder());
      FrontCoding.write(region, rows.lists(), rows.listOrder());
      dictionary = body.add(region);
    }
    dictionary.write(meta);
    return textCount + listCount;
  }

  private ColumnSummary writePiece(ColumnRows rows, int from, int to, int dictionarySize) {
    int count = 0;
    int numberCount = 0;
    int booleanCount = 0;
    int textCount = 0;
    int listCount = 0;
    int codeCount = 0;
    int kindSet = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int row = from; row < to; row++) {
      Kind kind = Kind.of(rows.kinds()[row]);
      kindSet |= 1 << kind.ordinal();
      if (kind == Kind.MISSING) {
        continue;
      }
      present[count] = row - from;
      entryKinds[count++] = kind.ordinal();
      switch (kind) {
        case NUMBER -> {
          double number = rows.number(row);
          numbers[numberCount++] = number;
          min = Math.min(min, number);
          max = Math.max(max, number);
        }
        case BOOLEAN -> booleans[booleanCount++] = (byte) (rows.number(row) == 0 ? 0 : 1);
        case TEXT -> {
          codes[codeCount++] = rows.code(row);
          texts[textCount++] = rows.code(row);
        }
        case LIST -> {
          codes[codeCount++] = rows.code(row);
          lists[listCount++] = rows.code(row);
        }
        case MISSING, NULL, EMPTY_OBJECT -> {}
      }
    }
    if (count == 0) {
      return ColumnSummary.MISSING;
    }
    writeKinds(count, to - from);
    if (numberCount > 0) {
      NumberCodec.write(region, numbers, numberCount);
    }
    if (booleanCount > 0) {
      region.putBits(booleans, booleanCount);
    }
    if (rows.dictionary()) {
      if (codeCount > 0) {
        CodeCodec.write(region, codes, codeCount, dictionarySize);
      }
    } else {
      if (textCount > 0) {
        PlainCodec.write(region, rows.texts(), texts, textCount, rows.uuids());
      }
      if (listCount > 0) {
        PlainCodec.write(region, rows.lists(), lists, listCount, false);
      }
    }
    return numberCount == 0
        ? new ColumnSummary(kindSet, Double.NaN, Double.NaN)
        : new ColumnSummary(kindSet, min, max);
  }

  private void writeKinds(int count, int rows) {
    Presence.write(region, present, count, rows);
    boolean oneKind = true;
    for (int i = 1; i < count; i++) {
      oneKind &= entryKinds[i] == entryKinds[0];
    }
    region.putByte(oneKind ? entryKinds[0] : SegmentLayout.KINDS_DIFFER);
    if (!oneKind) {
      CodeCodec.write(region, entryKinds, count, KINDS);
    }
  }
}
