package dev.millrace.server.event;

/**
 * Ends the decoding of one event. Its field grows from the inside out on the way up, see {@link
 * #within}. Carries no stack trace: what clients send is no fault of the server.
 */
public final class BrokenEvent extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final RejectReason reason;
  private final String field;

  /**
   * @param field the place within what is being read; empty for all of it
   * @param message the rule in words, with the value found and the value allowed
   */
  public BrokenEvent(RejectReason reason, String field, String message) {
    super(message, null, false, false);
    this.reason = reason;
    this.field = field;
  }

  /**
   * The same with the field's path continued to the outside, such as {@code properties} or {@code
   * [3]}.
   */
  public BrokenEvent within(String outer) {
    String dot = field.isEmpty() || field.startsWith("[") ? "" : ".";
    return new BrokenEvent(reason, outer + dot + field, message());
  }

  public RejectReason reason() {
    return reason;
  }

  /** The field's path within what was read so far. */
  public String field() {
    return field;
  }

  /** The rule in words. */
  public String message() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
