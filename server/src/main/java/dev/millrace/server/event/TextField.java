package dev.millrace.server.event;

/** The fields of an event that are single texts, with the names queries use. */
public enum TextField {
  EVENT_ID("event_id", "eventId"),
  TYPE("type", "type"),
  USER_ID("user_id", "userId"),
  SESSION_ID("session_id", "sessionId"),
  SOURCE("source", "source"),
  IP("ip", "context.ip"),
  USER_AGENT("user_agent", "context.userAgent"),
  REFERRER("referrer", "context.referrer"),
  LOCALE("locale", "context.locale");

  /** How many there are. */
  public static final int COUNT = values().length;

  private final String queryName;
  private final String jsonPath;

  TextField(String queryName, String jsonPath) {
    this.queryName = queryName;
    this.jsonPath = jsonPath;
  }

  /** The place within an event in JSON, such as {@code userId} or {@code context.ip}. */
  public String jsonPath() {
    return jsonPath;
  }

  /** The name in queries, such as {@code user_id}. */
  public String queryName() {
    return queryName;
  }
}
