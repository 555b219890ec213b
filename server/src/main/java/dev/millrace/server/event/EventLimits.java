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

  /** The contract's limits. */
  public static final EventLimits DEFAULT =
      new EventLimits(64 * 1024, 500, 8, 100, Duration.ofHours(24), 10_000, 10_000);

  /** The longest text of a field in bytes of UTF-8. */
  public static int textBytes(TextField field) {
    return switch (field) {
      case EVENT_ID, TYPE, SOURCE -> 256;
      case USER_ID, SESSION_ID -> 512;
      case IP, LOCALE -> 64;
      case USER_AGENT -> 1024;
      case REFERRER -> 2048;
    };
  }

  /** The longest tag in bytes of UTF-8. */
  public static final int TAG_BYTES = 256;

  /** The longest key of a property, one level, in bytes of UTF-8. */
  public static final int KEY_BYTES = 256;
}
