package dev.millrace.server.log.format.v1;

import dev.millrace.server.event.Column;
import java.util.Locale;

/**
 * The layout of a block. All integers are little-endian; offsets and lengths are in bytes.
 *
 * <pre>
 *  block
 *    0  u32  magic "MRLB"
 *    4  u32  CRC32C of the header from byte 8 to its end
 *    8  u32  format version
 *   12  u32  length of the header, directory included
 *   16  u32  length of the block
 *   20  u32  rows, at most 2^20
 *   24  u32  columns in the directory
 *   28  u32  zero
 *   32  i64  sequence of row 0; row i has this plus i
 *   40  i64  smallest event time   }
 *   48  i64  largest event time    }  microseconds since 1970;
 *   56  i64  smallest receipt time }  of no rows: the largest long, the smallest long
 *   64  i64  largest receipt time  }
 *   72       directory: an entry for each column
 *            columns, one after the other in the order of the directory, without gaps
 *
 *  directory entry
 *    0  u8   64 event times, 65 receipt times, 0-10 ordinal of a core column, 255 property
 *    1  u32  length of the column
 *    5  u32  CRC32C of the column
 *    9       of a property: u32 length of its path, the path in UTF-8
 * </pre>
 *
 * Bytes 0 to 15 are the same in every version to come, so that an older program can tell a later
 * block from a broken one. The two columns of times come first, then the core columns in the order
 * of their ordinals, then properties in ascending order of the bytes of their paths. A column that
 * no row has is left out.
 *
 * <pre>
 *  packed integers (n of them)
 *    0  u8   width w of a delta: 0, 1, 2, 4 or 8
 *    1  i64  base, the smallest
 *    9       n deltas of w bytes, unsigned; value = base + delta
 *
 *  column of times
 *    0  u8   e, one of 0, 3, 6
 *    1       packed integers, one for each row; time = value * 10^e
 *
 *  any other column; its entries are the rows that have it, ascending
 *    0  u8   which rows: 0 all, 1 bitmap, 2 list
 *    1  u8   the kind of every entry, or 255 if they differ
 *    2  u32  n, the number of entries, at least 1
 *    6       bitmap: a bit for each row, least significant first
 *            list: packed integers, the n rows
 *            if kinds differ: u8 kind of each entry
 *            the parts that there are entries for, each with its entries in order:
 *            numbers, booleans, texts, lists
 *
 *  numbers
 *    0  u8   e, one of 0, 2, 4, 6, or 255
 *    1       e &lt; 255: packed integers; number = value / 10^e in double arithmetic
 *            e = 255: the doubles as they are
 *
 *  booleans
 *    0       a bit for each entry, least significant first
 *
 *  texts; lists likewise, by the bytes of their stored form
 *    0  u8   0 the values in the order of the entries
 *            1 different values in the order in which they first come, and codes into them
 *    1  u8   form of the values: 0 bytes, 1 canonical lower-case UUIDs
 *    2  u32  d, the number of values
 *    6       if there are codes: packed integers, one for each entry
 *            bytes: packed integers, the d lengths; then the values, one after the other
 *            UUIDs: 16 bytes each, in the order of their digits
 * </pre>
 *
 * Kinds are ordinals of {@link dev.millrace.server.event.Kind}; MISSING isn't stored. An entry of
 * the kinds NULL and EMPTY_OBJECT takes nothing but its kind.
 */
final class BlockLayout {
  static final int VERSION = 1;
  static final int OLDEST_VERSION = 1;
  static final int ROWS_MAX = 1 << 20;

  static final int MAGIC = 'M' | 'R' << 8 | 'L' << 16 | 'B' << 24;
  static final int MAGIC_AT = 0;
  static final int HEADER_CRC_AT = 4;
  static final int VERSION_AT = 8;
  static final int HEADER_LENGTH_AT = 12;
  static final int BLOCK_LENGTH_AT = 16;
  static final int ROWS_AT = 20;
  static final int COLUMNS_AT = 24;
  static final int ZERO_AT = 28;
  static final int FIRST_SEQUENCE_AT = 32;
  static final int MIN_TIME_AT = 40;
  static final int MAX_TIME_AT = 48;
  static final int MIN_RECEIVED_AT = 56;
  static final int MAX_RECEIVED_AT = 64;
  static final int DIRECTORY_AT = 72;

  /** Where the part begins that the header's checksum covers. */
  static final int HEADER_CHECKED_FROM = 8;

  /** The part of the header that is the same in every version. */
  static final int FRAME_LENGTH = 16;

  static final int ENTRY_LENGTH = 9;
  static final int ENTRY_COLUMN_LENGTH_AT = 1;
  static final int ENTRY_CRC_AT = 5;

  static final int ID_TIMES = 64;
  static final int ID_RECEIVED = 65;
  static final int ID_PROPERTY = 255;

  static final int ROWS_ALL = 0;
  static final int ROWS_BITMAP = 1;
  static final int ROWS_LIST = 2;
  static final int KINDS_DIFFER = 255;
  static final int NUMBERS_RAW = 255;
  static final int VALUES_IN_ORDER = 0;
  static final int VALUES_BY_CODE = 1;
  static final int FORM_BYTES = 0;
  static final int FORM_UUID = 1;

  private BlockLayout() {}

  /**
   * What scaled numbers are divided by: ten to the power of an exponent.
   *
   * @throws IllegalArgumentException if it isn't 0, 2, 4 or 6
   */
  static double divisor(int exponent) {
    return switch (exponent) {
      case 0 -> 1;
      case 2 -> 100;
      case 4 -> 10_000;
      case 6 -> 1_000_000;
      default -> throw new IllegalArgumentException("unknown scale %d".formatted(exponent));
    };
  }

  /** How error messages call a column. */
  static String name(Column column) {
    return switch (column) {
      case Column.Core core -> core.name().toLowerCase(Locale.ROOT);
      case Column.Property property -> "properties." + property.path();
    };
  }
}
