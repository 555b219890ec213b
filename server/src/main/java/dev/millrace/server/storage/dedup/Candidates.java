package dev.millrace.server.storage.dedup;

/** Sees events that may be the one looked for. */
@FunctionalInterface
public interface Candidates {
  /**
   * @param ordinal the event's number on the shard
   * @return whether to go on looking
   */
  boolean visit(long ordinal);
}
