package dev.millrace.server.log.segment.v1.encoding;

import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;
import org.jspecify.annotations.Nullable;

/** Which rows have a value. */
public final class Presence {
  private static final int ALL = 0;
  private static final int BITMAP = 1;
  private static final int LIST = 2;

  private Presence() {}

  /** Writes which of so many rows there are, ascending, at least one. */
  public static void write(Output out, int[] present, int count, int rows) {
    out.putInt(count);
    if (count == rows) {
      out.putByte(ALL);
      return;
    }
    int begin = out.position();
    out.putByte(LIST);
    PackedLongs.write(out, present, count);
    if (out.position() - begin <= 1 + (rows + 7) / 8) {
      return;
    }
    out.rewind(begin);
    out.putByte(BITMAP);
    int at = out.reserveBits(rows);
    byte[] to = out.bytes();
    for (int i = 0; i < count; i++) {
      to[at + (present[i] >>> 3)] |= (byte) (1 << (present[i] & 7));
    }
  }

  /** Reads which of so many rows there are, ascending; null if all. */
  public static int @Nullable [] read(Input in, int rows) {
    int count = in.getInt();
    int form = in.getByte();
    if (count < 1 || count > rows || (form == ALL && count != rows)) {
      throw new IllegalArgumentException("%d of %d rows".formatted(count, rows));
    }
    return switch (form) {
      case ALL -> null;
      case BITMAP -> bitmap(in, count, rows);
      case LIST -> PackedLongs.readInts(in, count, rows, count);
      default -> throw new IllegalArgumentException("unknown form %d".formatted(form));
    };
  }

  private static int[] bitmap(Input in, int count, int rows) {
    int at = in.take((rows + 7) / 8);
    byte[] from = in.bytes();
    int[] present = new int[count];
    int found = 0;
    for (int i = 0; i < rows; i += 8) {
      for (int bits = from[at + (i >>> 3)] & 0xff; bits != 0; bits &= bits - 1) {
        present[found++] = i + Integer.numberOfTrailingZeros(bits);
      }
    }
    if (found != count || present[count - 1] >= rows) {
      throw new IllegalArgumentException("%d rows in place of %d".formatted(found, count));
    }
    return present;
  }
}
