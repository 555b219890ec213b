package dev.millrace.server.event;

import java.time.Duration;

/**
 * What an event may hold.
 *
 * @param eventBytes the size of an event as it was sent, in bytes
 * @param properties properties of an event, nested ones counted by their leaves
 * @param depth levels of nesting of properties, objects and lists alike; a flat property is level 1
 * @param tags tags of an event
 * @param ahead how far an event's time may be ahead of the server's clock
 * @param batchEvents events of a batch
 * @param batchPaths different property paths in a batch, which bounds the columns it makes
 */
public record EventLimits(
    int eventBytes,
    int properties,
    int depth,
    int tags,
    Duration ahead,
    int batchEvents,
    int batchPaths) {
  // Asked several times for each event, so not by a switch.
  private static final int[] TEXT_BYTES = allTextBytes();

  /** The contract's limits. */
  public static final EventLimits DEFAULT =
      new EventLimits(64 * 1024, 500, 8, 100, Duration.ofHours(24), 10_000, 10_000);

  /** The longest text of a field in bytes of UTF-8. */
  public static int textBytes(TextField field) {
    return TEXT_BYTES[field.ordinal()];
  }

  private static int[] allTextBytes() {
    int[] bytes = new int[TextField.COUNT];
    for (TextField field : TextField.values()) {
      bytes[field.ordinal()] =
          switch (field) {
            case EVENT_ID, TYPE, SOURCE -> 256;
            case USER_ID, SESSION_ID -> 512;
            case IP, LOCALE -> 64;
            case USER_AGENT -> 1024;
            case REFERRER -> 2048;
          };
    }
    return bytes;
  }

  /**
   * Checks the length of a text in bytes of UTF-8.
   *
   * @throws BrokenEvent with TEXT_TOO_LONG, its field empty
   */
  public static void checkText(TextField field, int length) {
    int allowed = textBytes(field);
    if (length > allowed) {
      throw tooLong(length, allowed);
    }
  }

  /**
   * Checks the key of a property.
   *
   * @throws BrokenEvent with TEXT_TOO_LONG or TEXT_INVALID, its field empty
   */
  public static void checkKey(byte[] bytes, int offset, int length) {
    if (length > KEY_BYTES) {
      throw tooLong(length, KEY_BYTES);
    }
    if (length == 0) {
      throw new BrokenEvent(RejectReason.TEXT_INVALID, "", "a key is empty");
    }
    if (!Utf8.valid(bytes, offset, length)) {
      throw invalidText();
    }
  }

  /** What is thrown for bytes that aren't {@link Utf8#valid}. */
  public static BrokenEvent invalidText() {
    return new BrokenEvent(
        RejectReason.TEXT_INVALID, "", "not valid UTF-8, or holds a NUL character");
  }

  /** What is thrown for a text of too many bytes. */
  static BrokenEvent tooLong(int length, int allowed) {
    return new BrokenEvent(
        RejectReason.TEXT_TOO_LONG,
        "",
        "found %,d bytes of UTF-8, at most %,d are allowed".formatted(length, allowed));
  }

  /**
   * Checks a number.
   *
   * @throws BrokenEvent with NUMBER_NOT_FINITE, its field empty
   */
  public static double checkNumber(double number) {
    if (!Double.isFinite(number)) {
      throw new BrokenEvent(
          RejectReason.NUMBER_NOT_FINITE, "", "found " + number + ", numbers must be finite");
    }
    return number;
  }

  /**
   * Checks a level of nesting; the members of {@code properties} are at level 1.
   *
   * @throws BrokenEvent with PROPERTIES_TOO_DEEP, its field empty
   */
  public void checkDepth(int level) {
    if (level > depth) {
      throw new BrokenEvent(
          RejectReason.PROPERTIES_TOO_DEEP,
          "",
          "found level %d of nesting, at most %d are allowed".formatted(level, depth));
    }
  }

  /**
   * Checks the number of an event's properties so far.
   *
   * @throws BrokenEvent with TOO_MANY_PROPERTIES, its field empty
   */
  public void checkProperties(int count) {
    if (count > properties) {
      throw new BrokenEvent(
          RejectReason.TOO_MANY_PROPERTIES,
          "",
          "found more than %,d, at most %,d are allowed".formatted(count - 1, properties));
    }
  }

  /**
   * Checks the number of different property paths of a batch so far.
   *
   * @throws BrokenEvent with TOO_MANY_PROPERTIES, its field empty
   */
  public void checkPaths(int count) {
    if (count > batchPaths) {
      throw new BrokenEvent(
          RejectReason.TOO_MANY_PROPERTIES,
          "",
          "the batch has more than %,d different properties, at most %,d are allowed"
              .formatted(count - 1, batchPaths));
    }
  }

  /** The longest tag in bytes of UTF-8. */
  public static final int TAG_BYTES = 256;

  /** The longest key of a property, one level, in bytes of UTF-8. */
  public static final int KEY_BYTES = 256;
}
