package dev.millrace.server.query;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.log.Position;
import dev.millrace.server.query.plan.Budget;
import dev.millrace.server.query.plan.QueryResult;
import dev.millrace.server.query.plan.QueryRun;
import dev.millrace.server.query.plan.QuerySpec;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.Storage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;

/**
 * Answers questions from snapshots of a store. Thread-safe; an answer is computed by the caller's
 * thread.
 */
public final class QueryEngine {
  private final Storage storage;
  private final InstantSource clock;
  private final QueryLimits limits;

  public QueryEngine(Storage storage, InstantSource clock, QueryLimits limits) {
    this.storage = storage;
    this.clock = clock;
    this.limits = limits;
  }

  /**
   * Which state of the store an answer is of.
   *
   * @param min a position the answer must include; empty for any
   * @param asOf a position to answer as of; empty for the latest
   * @param asOfField the request field that {@code asOf} comes from, for errors
   */
  public record StateRequest(String min, String asOf, String asOfField) {
    /** The latest state, at least one. */
    public static StateRequest atLeast(String min) {
      return new StateRequest(min, "", "asOfPosition");
    }
  }

  /** A result and the state it is of. */
  public record Answer<R>(Position position, R result) {}

  /** The instant that a question asked now is evaluated at. */
  public Instant now() {
    return clock.instant();
  }

  public QueryLimits limits() {
    return limits;
  }

  /**
   * Answers a question.
   *
   * @param cancelled whether nobody waits for the answer any more
   * @throws ApiException if a position isn't one or isn't there yet, a limit is passed or time runs
   *     out
   */
  public Answer<QueryResult> query(
      String project, QuerySpec spec, StateRequest state, BooleanSupplier cancelled) {
    return read(
        project,
        state,
        cancelled,
        (view, budget) -> QueryRun.run(spec, view.snapshot(), view.position(), budget));
  }

  /** A snapshot, and the state within it that is asked for. */
  record View(Snapshot snapshot, Position position) {}

  /** Reads one state, within the limits. */
  <R> Answer<R> read(
      String project,
      StateRequest state,
      BooleanSupplier cancelled,
      BiFunction<View, Budget, R> reader) {
    Budget budget =
        new Budget(
            limits.rows(),
            limits.groups(),
            clock,
            clock.instant().plus(limits.timeout()),
            limits.timeout(),
            cancelled);
    try (Snapshot snapshot = storage.snapshot(project)) {
      Position position = position(state, snapshot.position());
      return new Answer<>(position, reader.apply(new View(snapshot, position), budget));
    }
  }

  private static Position position(StateRequest state, Position latest) {
    if (!state.min().isEmpty()) {
      included(state.min(), "minPosition", latest);
    }
    return state.asOf().isEmpty() ? latest : included(state.asOf(), state.asOfField(), latest);
  }

  private static Position included(String token, String field, Position latest) {
    Position position;
    try {
      position = Position.parse(token);
    } catch (IllegalArgumentException _) {
      throw new ApiException.InvalidArgument(
          field, "isn't a position of an acknowledgement or an answer");
    }
    if (position.shards() != latest.shards()) {
      throw new ApiException.InvalidArgument(field, "is a position of another store");
    }
    if (!latest.includes(position)) {
      throw new ApiException.FailedPrecondition(
          field + ": the store hasn't got to this position, or has lost it");
    }
    return position;
  }
}
