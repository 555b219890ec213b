package dev.millrace.server.event;

/**
 * A column of stored events.
 *
 * <p>The well-known ones are constants of {@link Core}; each property path is one more.
 */
public sealed interface Column {
  /**
   * The columns that every event has, if only as a missing value. The order is part of stored
   * formats.
   */
  enum Core implements Column {
    EVENT_ID,
    TYPE,
    USER_ID,
    SESSION_ID,
    SOURCE,
    IP,
    USER_AGENT,
    REFERRER,
    LOCALE,
    VALUE,
    TAGS;

    /** The column of a text field. */
    public static Core of(TextField field) {
      return values()[field.ordinal()];
    }
  }

  /**
   * A property.
   *
   * @param path as {@link PropertyPath} writes it
   */
  record Property(String path) implements Column {}
}
