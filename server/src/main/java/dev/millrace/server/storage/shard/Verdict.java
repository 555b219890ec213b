package dev.millrace.server.storage.shard;

/** What the engine made of a mutation, valid once it is committed. */
public sealed interface Verdict {
  /**
   * The events were looked at one by one.
   *
   * @param sequences for each of the rows its sequence, or {@link
   *     dev.millrace.server.storage.Receipt#DUPLICATE}
   * @param accepted rows stored
   */
  record Appended(long[] sequences, int accepted) implements Verdict {}

  /** The producer skipped a number; nothing was stored. */
  record Gap(long expected) implements Verdict {}

  /** A later epoch of the producer has written; nothing was stored. */
  record Fenced(long currentEpoch) implements Verdict {}

  /** There is nothing to say. */
  record Done() implements Verdict {}

  /** The position had been applied before; nothing was stored again. */
  record AlreadyApplied() implements Verdict {}
}
