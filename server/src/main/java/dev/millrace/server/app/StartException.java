package dev.millrace.server.app;

/** The server can't start; the message is one line that says why, for the person who starts it. */
final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
