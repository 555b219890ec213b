package dev.millrace.server.access;

/** What a caller may do. */
public enum Permission {
  /** Send events. */
  WRITE,
  /** Ask questions and follow what happens. */
  READ,
  /** Everything else, such as rejected events of others and backups. */
  ADMIN
}
