package dev.millrace.server.storage.dedup;

import dev.millrace.server.error.StorageException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A piece of a run: ids in the order of their hashes, at most {@link #BYTES_MAX} bytes.
 *
 * <pre>
 * u8  format version, 1          u8  bytes of an ordinal's offset, 1 to 8
 * u16 ids                        u16 restarts
 * u32 CRC32C of the whole chunk, this field taken as 0
 * restarts × { u40 prefix of the first id, u16 where its entry begins, from the chunk's start }
 * ids × { varint prefix minus the one before (left out where a restart begins), offset of the ordinal }
 * </pre>
 *
 * <p>Big-endian; a varint has the low seven bits first. A prefix is the upper 38 bits of a hash:
 * that leaves about one false match in a hundred thousand for a run of a few million, and three
 * bytes for the difference. A restart comes every {@value #RESTART} ids.
 */
final class RunChunk {
  static final byte VERSION = 1;
  static final int PREFIX_BITS = 38;
  static final int BYTES_MAX = 65_520;
  static final int RESTART = 64;
  static final int HEADER_BYTES = 10;
  static final int RESTART_BYTES = 7;
  static final int CRC_AT = 6;

  private final ByteBuffer chunk;
  private final long baseOrdinal;
  private final int offsetBytes;
  private final int ids;
  private final int restarts;

  /**
   * @param chunk the stored bytes
   * @param baseOrdinal the run's first ordinal, which offsets count from
   */
  RunChunk(ByteBuffer chunk, long baseOrdinal, String what) {
    this.chunk = chunk;
    this.baseOrdinal = baseOrdinal;
    if (chunk.remaining() < HEADER_BYTES) {
      throw new StorageException.Corrupt(what + ": cut off", null);
    }
    int version = chunk.get(0);
    if (version != VERSION) {
      throw version > VERSION
          ? new StorageException.TooNew(what, version, VERSION)
          : new StorageException.Corrupt(what + ": version " + version, null);
    }
    offsetBytes = chunk.get(1);
    ids = Short.toUnsignedInt(chunk.getShort(2));
    restarts = Short.toUnsignedInt(chunk.getShort(4));
  }

  static long prefix(long hash) {
    return hash >>> (64 - PREFIX_BITS);
  }

  int ids() {
    return ids;
  }

  long firstPrefix() {
    return restartPrefix(0);
  }

  /**
   * @throws StorageException.Corrupt if the bytes aren't those that were written
   */
  void verify(String what) {
    if (crc(chunk) != chunk.getInt(CRC_AT)) {
      throw new StorageException.Corrupt(what + ": checksum mismatch", null);
    }
  }

  static int crc(ByteBuffer chunk) {
    CRC32C crc = new CRC32C();
    crc.update(chunk.slice(0, CRC_AT));
    crc.update(new byte[4]);
    crc.update(chunk.slice(HEADER_BYTES, chunk.limit() - HEADER_BYTES));
    return (int) crc.getValue();
  }

  private long restartPrefix(int restart) {
    int at = HEADER_BYTES + restart * RESTART_BYTES;
    return (long) (chunk.get(at) & 0xff) << 32 | Integer.toUnsignedLong(chunk.getInt(at + 1));
  }

  private int restartAt(int restart) {
    return Short.toUnsignedInt(
        chunk.getShort(HEADER_BYTES + restart * RESTART_BYTES + RESTART_BYTES - 2));
  }

  /** Visits the ordinals of a prefix; returns whether to go on looking elsewhere. */
  boolean find(long prefix, Candidates candidates) {
    // Ids of one prefix may begin before the restart that has it.
    int low = 0;
    int high = restarts;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (restartPrefix(middle) < prefix) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    Reader reader = new Reader(Math.max(0, low - 1));
    while (reader.next() && reader.prefix <= prefix) {
      if (reader.prefix == prefix && !candidates.visit(reader.ordinal())) {
        return false;
      }
    }
    return true;
  }

  /** Takes all ids out into arrays that are long enough. */
  void decode(long[] prefixes, long[] ordinals) {
    Reader reader = new Reader(0);
    for (int i = 0; reader.next(); i++) {
      prefixes[i] = reader.prefix;
      ordinals[i] = reader.ordinal();
    }
  }

  private final class Reader {
    private int index;
    private int at;
    private long prefix;
    private int ordinalAt;

    Reader(int restart) {
      index = restart * RESTART;
      at = restartAt(restart);
    }

    boolean next() {
      if (index == ids) {
        return false;
      }
      if (index % RESTART == 0) {
        prefix = restartPrefix(index / RESTART);
      } else {
        readDelta();
      }
      ordinalAt = at;
      at += offsetBytes;
      index++;
      return true;
    }

    private void readDelta() {
      int shift = 0;
      byte next;
      do {
        next = chunk.get(at++);
        prefix += (long) (next & 0x7f) << shift;
        shift += 7;
      } while (next < 0);
    }

    long ordinal() {
      long offset = 0;
      for (int i = 0; i < offsetBytes; i++) {
        offset = offset << 8 | (chunk.get(ordinalAt + i) & 0xff);
      }
      return baseOrdinal + offset;
    }
  }
}
