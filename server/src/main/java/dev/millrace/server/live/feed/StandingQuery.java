package dev.millrace.server.live.feed;

import dev.millrace.server.log.Position;
import dev.millrace.v1.Row;
import dev.millrace.v1.TimeRange;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A question whose answer is wanted again and again. Used by one thread at a time; it may remember
 * between evaluations whatever makes the next one cheaper.
 */
public interface StandingQuery extends AutoCloseable {
  /** Whether the answer changes by time passing alone. */
  boolean moves();

  /**
   * Answers for the latest state and the present instant. The state includes every commit that was
   * told to listeners before the call.
   *
   * @param cancelled whether nobody waits for the answer any more
   * @throws dev.millrace.server.error.ApiException if the question costs more than allowed
   * @throws dev.millrace.server.error.StorageException if the store can't be read
   */
  Evaluation evaluate(BooleanSupplier cancelled);

  @Override
  default void close() {}

  /**
   * An answer.
   *
   * @param position the state it is of
   * @param evaluatedAt the instant that relative ranges end at, to the microsecond
   * @param range the range with both ends filled in, where they are known
   * @param rows no two with the same time, dimensions and {@code others}
   */
  record Evaluation(Position position, Instant evaluatedAt, TimeRange range, List<Row> rows) {}
}
