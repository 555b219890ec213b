package dev.millrace.server.event;

/** The fields of an event that are single texts, with the names queries use. */
public enum TextField {
  EVENT_ID("event_id"),
  TYPE("type"),
  USER_ID("user_id"),
  SESSION_ID("session_id"),
  SOURCE("source"),
  IP("ip"),
  USER_AGENT("user_agent"),
  REFERRER("referrer"),
  LOCALE("locale");

  /** How many there are. */
  public static final int COUNT = values().length;

  private final String queryName;

  TextField(String queryName) {
    this.queryName = queryName;
  }

  /** The name in queries and in error messages, such as {@code user_id}. */
  public String queryName() {
    return queryName;
  }
}
