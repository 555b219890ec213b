package dev.millrace.client;

import org.jspecify.annotations.Nullable;

/** Why a producer gave up. Events it hadn't got acknowledged were reported to its listener. */
public final class ProducerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The reasons. */
  public enum Reason {
    /** A producer with the same id and a later epoch has taken over. */
    FENCED,
    /** The server expects a batch that was acknowledged before: it has lost it. */
    GAP,
    /** The server refused in a way that no retry changes, such as wrong credentials. */
    REFUSED,
    /** The time to close ran out first. Batches on their way may or may not have been stored. */
    TIMED_OUT,
    /** The producer is closed. */
    CLOSED
  }

  private final Reason reason;

  ProducerException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
