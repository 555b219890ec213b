package dev.millrace.server.storage.dedup;

import dev.millrace.server.error.StorageException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What is stored of a run as a whole; a run without it doesn't exist. {@code u8 version, i64 ids,
 * i64 baseOrdinal, i64 endOrdinal, i64 oldestMicros, i64 newestMicros, i32 chunks, u32 CRC32C of
 * what precedes}, big-endian.
 *
 * @param run the run's number, part of the key
 * @param baseOrdinal no event of it has a smaller ordinal
 * @param endOrdinal all events of it have smaller ordinals
 * @param oldestMicros none of its events was accepted before
 * @param newestMicros none of its events was accepted later
 */
record RunManifest(
    int run,
    long ids,
    long baseOrdinal,
    long endOrdinal,
    long oldestMicros,
    long newestMicros,
    int chunks) {
  private static final byte VERSION = 1;
  private static final int BYTES = 1 + 5 * 8 + 4 + 4;

  ByteBuffer encode() {
    ByteBuffer value = ByteBuffer.allocate(BYTES);
    value.put(VERSION).putLong(ids).putLong(baseOrdinal).putLong(endOrdinal);
    value.putLong(oldestMicros).putLong(newestMicros).putInt(chunks).putInt(crc(value));
    return value.flip();
  }

  static RunManifest decode(int run, ByteBuffer value) {
    String what = "run " + run + " of remembered ids";
    if (value.get(0) > VERSION) {
      throw new StorageException.TooNew(what, value.get(0), VERSION);
    }
    if (value.remaining() != BYTES || crc(value) != value.getInt(BYTES - 4)) {
      throw new StorageException.Corrupt(what + ": the manifest's checksum doesn't match", null);
    }
    return new RunManifest(
        run,
        value.getLong(1),
        value.getLong(9),
        value.getLong(17),
        value.getLong(25),
        value.getLong(33),
        value.getInt(41));
  }

  private static int crc(ByteBuffer value) {
    CRC32C crc = new CRC32C();
    crc.update(value.slice(0, BYTES - 4));
    return (int) crc.getValue();
  }
}
