package dev.millrace.replay;

/** A row that isn't in the format it should be in. */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
