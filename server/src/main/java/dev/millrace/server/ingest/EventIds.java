package dev.millrace.server.ingest;

import dev.millrace.server.event.BatchHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes ids for events that have none, as UUIDs in lower case.
 *
 * <p>A numbered batch that is sent again must get the same ids again, so its ids are a function of
 * its number and the event's place (version 8). Others are random but ascend in time (version 7);
 * they only have to be unique, not hard to guess.
 */
final class EventIds {
  static final int LENGTH = 36;

  private static final long VARIANT = 0x8000_0000_0000_0000L;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /** What the ids of a numbered batch have in common; all zero for random ids. */
  private final long high;

  private final long low;
  private final boolean numbered;
  private final byte[] text = new byte[LENGTH];

  private EventIds(boolean numbered, long high, long low) {
    this.numbered = numbered;
    this.high = high;
    this.low = low;
  }

  /** Ids for the events of a batch. */
  static EventIds of(BatchHeader header, long receivedMicros) {
    if (!header.numbered()) {
      return new EventIds(false, (receivedMicros / 1_000) << 16, 0);
    }
    byte[] producer = header.producerId().getBytes(StandardCharsets.UTF_8);
    ByteBuffer name = ByteBuffer.allocate(producer.length + 16);
    name.put(producer).putLong(header.epoch()).putLong(header.batchNumber());
    return derived(name.array());
  }

  /** The one id that follows from a name. */
  static String of(String name) {
    EventIds ids = derived(name.getBytes(StandardCharsets.UTF_8));
    return new String(ids.next(0), StandardCharsets.US_ASCII);
  }

  private static EventIds derived(byte[] name) {
    ByteBuffer digest = ByteBuffer.wrap(sha256(name));
    long high = (digest.getLong() & ~0xf000L) | 0x8000L;
    long low = (digest.getLong() & 0x3fff_ffff_0000_0000L) | VARIANT;
    return new EventIds(true, high, low);
  }

  /**
   * The id of the event at a place in the batch; the array is used again for the next.
   *
   * @param row the place, from 0
   */
  byte[] next(int row) {
    if (numbered) {
      write(high, low | row);
    } else {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      write(
          high | 0x7000L | (random.nextInt() & 0xfff), (random.nextLong() & ~(3L << 62)) | VARIANT);
    }
    return text;
  }

  private void write(long first, long second) {
    hex(first >>> 32, 8, 0);
    text[8] = '-';
    hex(first >>> 16, 4, 9);
    text[13] = '-';
    hex(first, 4, 14);
    text[18] = '-';
    hex(second >>> 48, 4, 19);
    text[23] = '-';
    hex(second, 12, 24);
  }

  private void hex(long value, int digits, int offset) {
    long rest = value;
    for (int i = offset + digits - 1; i >= offset; i--) {
      text[i] = HEX[(int) (rest & 0xf)];
      rest >>>= 4;
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
