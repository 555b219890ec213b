package dev.millrace.server.query.plan;

import dev.millrace.server.log.Position;
import dev.millrace.server.query.time.BucketRule;
import dev.millrace.server.query.time.TimeSpan;
import dev.millrace.server.storage.Snapshot;
import java.util.List;

/**
 * Runs a question over a snapshot: on every shard by scanning, then merged, then made into rows.
 */
public final class QueryRun {
  private QueryRun() {}

  /**
   * Answers a question.
   *
   * @param asOf the state to answer for, which the snapshot must include
   */
  public static QueryResult run(QuerySpec spec, Snapshot snapshot, Position asOf, Budget budget) {
    Partial found =
        snapshot.run(
            view -> Partial.scan(spec, budget, view, asOf.nextSequence(view.shard())),
            Partial::merge);
    RowAssembler assembler = new RowAssembler(spec, budget, found);
    BucketRule rule = Partial.rule(spec);
    List<ResultRow> rows =
        rule == null
            ? assembler.rows()
            : assembler.rows(BucketSeries.of(spec, rule, found, budget));
    return new QueryResult(rows, found.rowsScanned(), span(spec.span(), found));
  }

  private static TimeSpan span(TimeSpan span, Partial found) {
    if (!found.found()) {
      return span;
    }
    return new TimeSpan(
        span.openStart() ? found.firstTime() : span.from(),
        span.openEnd() ? found.lastTime() + 1 : span.to());
  }
}
