package dev.millrace.server.backup;

/** A file isn't a whole backup, or can't be restored to where it should go; one line says why. */
public final class BackupException extends Exception {
  private static final long serialVersionUID = 1L;

  BackupException(String message) {
    super(message);
  }

  BackupException(String message, Throwable cause) {
    super(message, cause);
  }
}
