package dev.millrace.server.query;

import dev.millrace.server.log.Position;
import dev.millrace.server.query.plan.QueryResult;
import dev.millrace.server.query.plan.QuerySpec;
import dev.millrace.server.query.time.Micros;
import dev.millrace.v1.Measure;
import dev.millrace.v1.Query;
import dev.millrace.v1.Row;
import dev.millrace.v1.TimeRange;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A question that is asked again and again, each time for the latest state. Thread-safe. */
public final class RepeatedQuery {
  private final QueryEngine engine;
  private final String project;
  private final Query query;
  private final boolean moves;

  /**
   * Checks a question.
   *
   * @throws dev.millrace.server.error.ApiException.InvalidArgument naming the field that is wrong
   */
  public RepeatedQuery(QueryEngine engine, String project, Query query) {
    this.engine = engine;
    this.project = project;
    this.query = query;
    Instant now = engine.now();
    QuerySpec spec = QueryMapper.spec(query, now, engine.limits());
    boolean over = spec.span().to() <= Micros.of(now);
    this.moves = !query.getRange().getLast().isEmpty() || (!over && dependsOnTheClock(query));
  }

  /** Whether figures or marks of a fixed range that isn't over change as it goes by. */
  private static boolean dependsOnTheClock(Query query) {
    return query.hasBucket()
        || query.getCompare() != Query.Compare.COMPARE_UNSPECIFIED
        || query.getMeasuresList().stream()
            .anyMatch(measure -> measure.getAggregation() == Measure.Aggregation.RATE);
  }

  /** Whether the answer changes by time passing alone. */
  public boolean moves() {
    return moves;
  }

  /**
   * An answer.
   *
   * @param position the state it is of
   * @param evaluatedAt the instant it is for, to the microsecond
   * @param range the range with both ends filled in, where they are known
   */
  public record Answer(Position position, Instant evaluatedAt, TimeRange range, List<Row> rows) {}

  /**
   * Answers for the latest state and the present instant.
   *
   * @param cancelled whether nobody waits for the answer any more
   * @throws dev.millrace.server.error.ApiException if the question costs more than allowed
   */
  public Answer answer(BooleanSupplier cancelled) {
    // To the microsecond, as a client can name it.
    Instant now = Micros.instant(Micros.of(engine.now()));
    QuerySpec spec = QueryMapper.spec(query, now, engine.limits());
    QueryEngine.Answer<QueryResult> answer =
        engine.query(project, spec, QueryEngine.StateRequest.atLeast(""), cancelled);
    List<Row> rows = answer.result().rows().stream().map(row -> RowMapper.row(spec, row)).toList();
    return new Answer(answer.position(), now, RangeMapper.range(answer.result().span()), rows);
  }
}
