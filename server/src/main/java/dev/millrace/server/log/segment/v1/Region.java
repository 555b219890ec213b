package dev.millrace.server.log.segment.v1;

import dev.millrace.server.log.format.v1.Input;
import dev.millrace.server.log.format.v1.Output;

/**
 * A run of bytes of a segment that is checked as a whole.
 *
 * @param offset from the end of the header
 * @param crc CRC32C
 */
record Region(long offset, int length, int crc) {
  static final Region NONE = new Region(0, 0, 0);

  static Region read(Input in) {
    return new Region(in.getLong(), in.getInt(), in.getInt());
  }

  void write(Output out) {
    out.putLong(offset);
    out.putInt(length);
    out.putInt(crc);
  }
}
