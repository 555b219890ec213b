package dev.millrace.server.log.segment.v1;

import dev.millrace.server.event.Column;
import java.util.Locale;

/**
 * The layout of a segment. See the source of {@link
 * dev.millrace.server.log.segment.v1.encoding.PackedLongs} and its neighbours for the encodings.
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
