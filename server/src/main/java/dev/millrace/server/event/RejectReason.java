package dev.millrace.server.event;

/**
 * The rules an event can break. Names equal those of the contract's {@code RejectedEvent.Reason}.
 */
public enum RejectReason {
  REQUIRED_FIELD_MISSING,
  TIME_TOO_FAR_AHEAD,
  TIME_INVALID,
  EVENT_TOO_LARGE,
  TOO_MANY_PROPERTIES,
  PROPERTIES_TOO_DEEP,
  TEXT_TOO_LONG,
  TEXT_INVALID,
  NUMBER_NOT_FINITE,
  TOO_MANY_TAGS,
  MALFORMED,
  SCHEMA_VIOLATION
}
