package dev.millrace.server.storage;

import dev.millrace.server.log.Position;

/**
 * What became of a mutation that is now durable.
 *
 * @param sequences for each row of a batch its sequence, or {@link #DUPLICATE}; {@link #NOT_STORED}
 *     at rows that had been rejected or filtered before
 * @param accepted rows stored
 * @param duplicates rows that had been stored before
 * @param position a state that includes the mutation
 */
public record Receipt(long[] sequences, int accepted, int duplicates, Position position) {
  /** In place of a sequence: the event had been accepted before. */
  public static final long DUPLICATE = -1;

  /** In place of a sequence: the event wasn't to be stored. */
  public static final long NOT_STORED = -2;
}
