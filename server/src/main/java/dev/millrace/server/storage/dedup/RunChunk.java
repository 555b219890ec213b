package dev.millrace.server.storage.dedup;

import dev.millrace.server.error.StorageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A piece of a run: ids in the order of their prefixes, at most {@link #BYTES_MAX} bytes.
 *
 * <pre>
 * u8  format version, 1
 * u8  low bits of a difference, 0 to 37      u8 bits of an ordinal's offset, 0 to 56
 * u16 ids                                    u16 restarts
 * u32 CRC32C of the whole chunk, this field taken as 0
 * restarts × { u40 prefix of the first id, u16 where its entry begins, from the chunk's start }
 * ids × { difference of the prefix from the one before (left out where a restart begins),
 *         offset of the ordinal from the run's first }
 * 8 zero bytes, so that a long can be read anywhere
 * </pre>
 *
 * <p>The fields before the entries are big-endian. Entries are bits, the least significant of a
 * byte first, from a whole byte on at every restart. A difference is in Rice's code: what is above
 * the low bits as so many zeros and a one, then the low bits; {@value #ESCAPE} zeros and a one mean
 * that the difference follows as it is, in 37 bits. Prefixes are uniform, so that this is within a
 * tenth of a bit of the least possible: with the ordinals, an id takes 38.5 bits in a run of any
 * length. A restart comes every {@value #RESTART} ids.
 */
final class RunChunk {
  static final byte VERSION = 1;
  static final int BYTES_MAX = 65_520;
  static final int RESTART = 128;
  static final int HEADER_BYTES = 11;
  static final int RESTART_BYTES = 7;
  static final int CRC_AT = 7;
  static final int PADDING = 8;
  static final int ESCAPE = 16;

  /** So many can be read at any bit with one long. */
  static final int READ_BITS_MAX = Long.SIZE - 8;

  private final ByteBuffer chunk;
  private final ByteBuffer bits;
  private final long baseOrdinal;
  private final int lowBits;
  private final int offsetBits;
  private final int ids;
  private final int restarts;

  /**
   * @param chunk the stored bytes
   * @param baseOrdinal the run's first ordinal, which offsets count from
   * @throws StorageException.Corrupt if the bytes can't be a chunk
   */
  RunChunk(ByteBuffer chunk, long baseOrdinal, String what) {
    this.chunk = chunk;
    this.bits = chunk.duplicate().order(ByteOrder.LITTLE_ENDIAN);
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
    lowBits = chunk.get(1);
    offsetBits = chunk.get(2);
    ids = Short.toUnsignedInt(chunk.getShort(3));
    restarts = Short.toUnsignedInt(chunk.getShort(5));
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
    Reader reader = new Reader();
    for (int restart = Math.max(0, low - 1); restart < restarts; restart++) {
      reader.begin(restart);
      do {
        if (reader.prefix == prefix && !candidates.visit(baseOrdinal + reader.offset)) {
          return false;
        }
        if (reader.prefix > prefix) {
          return true;
        }
      } while (reader.next());
    }
    return true;
  }

  /** Takes all ids out into arrays that are long enough. */
  void decode(long[] prefixes, long[] ordinals) {
    Reader reader = new Reader();
    int i = 0;
    for (int restart = 0; restart < restarts; restart++) {
      reader.begin(restart);
      do {
        prefixes[i] = reader.prefix;
        ordinals[i++] = baseOrdinal + reader.offset;
      } while (reader.next());
    }
  }

  private final class Reader {
    private final long lowMask = (1L << lowBits) - 1;
    private final long offsetMask = (1L << offsetBits) - 1;
    private int left;
    private int at;
    private long prefix;
    private long offset;

    void begin(int restart) {
      left = Math.min(RESTART, ids - restart * RESTART) - 1;
      at = restartAt(restart) * Byte.SIZE;
      prefix = restartPrefix(restart);
      readOffset();
    }

    boolean next() {
      if (left == 0) {
        return false;
      }
      left--;
      long word = bits.getLong(at >>> 3) >>> (at & 7);
      int high = Long.numberOfTrailingZeros(word);
      if (high < ESCAPE) {
        prefix += (long) high << lowBits | ((word >>> (high + 1)) & lowMask);
        at += high + 1 + lowBits;
      } else {
        at += ESCAPE + 1;
        prefix += (bits.getLong(at >>> 3) >>> (at & 7)) & ((1L << IdPrefix.BITS) - 1);
        at += IdPrefix.BITS;
      }
      readOffset();
      return true;
    }

    private void readOffset() {
      offset = (bits.getLong(at >>> 3) >>> (at & 7)) & offsetMask;
      at += offsetBits;
    }
  }
}
