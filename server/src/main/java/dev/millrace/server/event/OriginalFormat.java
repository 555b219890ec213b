package dev.millrace.server.event;

/** How the original bytes of an event are to be read. The order is part of the stored format. */
public enum OriginalFormat {
  /** A serialised {@code millrace.v1.Event}. */
  PROTOBUF,
  /** JSON in the strict form of {@code /v1/events}. */
  JSON,
  /** JSON in one of the forms of {@code /v1/collect}. */
  COLLECT_JSON
}
