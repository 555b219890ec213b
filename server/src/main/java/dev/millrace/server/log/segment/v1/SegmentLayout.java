package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.Column;
import java.util.Locale;

/**
 * The layout of a segment; {@code doc-files/layout.html} shows it as a picture. All integers are
 * little-endian; offsets and lengths are in bytes.
 *
 * <pre>
 *  segment: one run of bytes, cut into chunks of 65,520 of which the last may be shorter
 *    header, directory included
 *    body: regions, one after the other without gaps
 *
 *  header
 *    0  u32  magic "MRSG"
 *    4  u32  CRC32C of the header from byte 8 to its end
 *    8  u32  format version
 *   12  u32  length of the header, directory included
 *   16  u64  length of the body
 *   24  u32  rows, 1 to 2^26
 *   28  u32  rows of a piece, up to 65,536; the last piece has what is left
 *   32  u32  entries of the directory
 *   36  i64  smallest, i64 largest event time    }
 *   52  i64  smallest, i64 largest sequence      }  times in microseconds since 1970
 *   68  i64  smallest, i64 largest receipt time  }
 *   84       directory
 *
 *  directory entry
 *    0  u8   64 event times, 65 receipt times, 66 sequences, 0-10 ordinal of a core column,
 *            255 property
 *    1       region: u64 offset in the body, u32 length, u32 CRC32C
 *   17       of a property: u32 length of its path, the path in UTF-8
 * </pre>
 *
 * Bytes 0 to 15 are the same in every version to come. Core columns ascend by ordinal, properties
 * follow and ascend by the bytes of their paths; a column that no row has is left out. Rows ascend
 * by (event time, sequence). Every byte is covered by a checksum: the header's, which holds those
 * of the regions it names, which hold those of the pieces they name.
 *
 * <pre>
 *  region of event times, or of sequences
 *    0  u64  offset of the first piece in the body; the others follow it
 *    8       for each piece: i64 smallest, i64 largest, u32 length, u32 CRC32C
 *            piece: integers (LongCodec)
 *
 *  region of receipt times: runs in the order of sequences
 *    0  u32  n, the number of runs
 *    4       integers: the n sequences at which runs begin; integers: the n times
 *
 *  region of any other column
 *    0  u32  t, the texts in the dictionary; u32 l, the lists; both 0 if there is none
 *    8       region of the dictionary: u64 offset, u32 length, u32 CRC32C
 *   24  u64  offset of the first piece in the body; the others follow it
 *   32       for each piece: u8 kinds, a bit for each ordinal that occurs;
 *            if NUMBER is one of them, f64 smallest, f64 largest;
 *            u32 length, u32 CRC32C; a length of 0 is a piece that doesn't have the column
 *
 *  dictionary
 *    0  u8   1 if texts are canonical lower-case UUIDs kept in 16 bytes, else 0
 *    1       texts, then lists, each ascending by bytes (FrontCoding):
 *            u32 n; packed: bytes shared with the one before; packed: lengths of the rest; blob
 *            code of a text = its place; code of a list = t + its place
 *
 *  piece of any other column; its entries are the rows that have it, ascending
 *    0  u32  n, the number of entries (Presence)
 *    4  u8   which rows: 0 all, 1 bitmap (a bit for each row, least significant first),
 *            2 list (packed)
 *    5       the kind of every entry, or 255 and codes: the kind of each
 *            numbers (NumberCodec), booleans (bits), each with its entries in order, if any;
 *            with a dictionary: codes of texts and lists in the order of entries
 *            without: plain texts, then plain lists (PlainCodec)
 *
 *  integers (LongCodec)
 *    0  u8   0 frame: packed; 1 deltas: i64 first, packed n - 1 differences;
 *            2 ramp: packed, value = packed + its place; 3 runs
 *
 *  packed (PackedLongs)
 *    0  u8   w, bits of a difference; i64 base; u32 x, exceptions
 *   13       the lowest 32 bits of the differences, bit-packed in lanes of 32 bits;
 *            if w &gt; 32: the bits above, likewise; value = base + difference
 *            x exceptions: u32 place, i64 value
 *
 *  runs
 *    0  u32  r, runs; packed: where each begins; packed: the value of each
 *
 *  numbers (NumberCodec)
 *    0  u8   0 constant: f64; 2 raw: n f64
 *            1 decimals: u8 e, u32 x, packed integers, number = integer / 10^e in double
 *            arithmetic; x exceptions: u32 place, f64 value
 *
 *  codes (CodeCodec)
 *    0  u8   0 packed; 1 runs
 *            up to 256 in the dictionary: u8 bits; bit-packed in lanes of 8 bits
 *            more: packed
 *
 *  plain (PlainCodec)
 *    0  u8   0 bytes: packed lengths, blob; 1 UUIDs: 16 bytes each, in the order of their digits
 *            2 UUIDs of version 7: n u64, the variant's two bits replaced by bits 11 and 10 beside
 *            the time; integers: the milliseconds; bits 9 to 0, bit-packed in lanes of 32 bits
 *
 *  blob
 *    0  u8   0 as it is: u32 length, bytes; 1 Zstandard: u32 length, u32 compressed length, bytes
 * </pre>
 *
 * How lanes are filled is told at {@link dev.millrace.server.log.segment.v1.encoding.BitPacking}.
 * Kinds are ordinals of {@link dev.millrace.server.event.Kind}; MISSING isn't stored. An entry of
 * the kinds NULL and EMPTY_OBJECT takes nothing but its kind.
 */
final class SegmentLayout {
  static final int VERSION = 1;
  static final int OLDEST_VERSION = 1;

  /** Pieces are so long that arrays of their longs aren't yet large to the garbage collector. */
  static final int PIECE_ROWS = 1 << 15;

  static final int PIECE_ROWS_MAX = 1 << 16;
  static final int ROWS_MAX = 1 << 26;

  /** A longer header can only be a broken one. */
  static final int HEADER_LENGTH_MAX = 1 << 28;

  static final int MAGIC = 'M' | 'R' << 8 | 'S' << 16 | 'G' << 24;
  static final int MAGIC_AT = 0;
  static final int HEADER_CRC_AT = 4;
  static final int VERSION_AT = 8;
  static final int HEADER_LENGTH_AT = 12;

  /** Where the part begins that the header's checksum covers. */
  static final int HEADER_CHECKED_FROM = 8;

  /** The part of the header that is the same in every version. */
  static final int FRAME_LENGTH = 16;

  static final int ID_TIMES = 64;
  static final int ID_RECEIVED = 65;
  static final int ID_SEQUENCES = 66;
  static final int ID_PROPERTY = 255;

  static final int KINDS_DIFFER = 255;

  private SegmentLayout() {}

  /** How error messages call a column. */
  static String name(Column column) {
    return switch (column) {
      case Column.Core core -> core.name().toLowerCase(Locale.ROOT);
      case Column.Property property -> "properties." + property.path();
    };
  }
}
