package dev.millrace.server.event;

/**
 * What a value is. The order of the constants is part of the stored formats: append only.
 *
 * <p>Kinds never compare with one another: the text {@code "6"} is not the number 6.
 */
public enum Kind {
  /** The event has no such field. */
  MISSING,
  /** A JSON null: given back as it came, but missing to every question. */
  NULL,
  BOOLEAN,
  NUMBER,
  TEXT,
  /** A JSON array; its elements may be of any kind. */
  LIST,
  /**
   * A JSON object without members; objects with members are spread over the paths of their members.
   */
  EMPTY_OBJECT;

  private static final Kind[] VALUES = values();

  /** The kind with this ordinal. */
  public static Kind of(int ordinal) {
    return VALUES[ordinal];
  }
}
