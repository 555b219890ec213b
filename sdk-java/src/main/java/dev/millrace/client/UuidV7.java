package dev.millrace.client;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** Event ids: RFC 9562 version 7, so that ids made in order lie near each other. */
final class UuidV7 {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private UuidV7() {}

  /**
   * An id for an event made now. Ids are random beyond the millisecond and aren't secrets.
   *
   * @param epochMillis the time that the id begins with
   */
  static String next(long epochMillis) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return format(
        (epochMillis << 16) | 0x7000 | (random.nextInt() & 0x0FFF),
        (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L);
  }

  private static String format(long high, long low) {
    byte[] text = new byte[36];
    int at = 0;
    for (int digit = 0; digit < 32; digit++) {
      if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
        text[at++] = '-';
      }
      long half = digit < 16 ? high : low;
      text[at++] = HEX[(int) (half >>> (60 - 4 * (digit & 15))) & 15];
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }
}
