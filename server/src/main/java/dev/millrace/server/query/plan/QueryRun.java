package dev.millrace.server.query.plan;

import dev.millrace.server.log.Position;
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
    Partial found = scan(spec, snapshot, asOf, budget);
    Cells cells = new Cells(spec, budget, found);
    long rowsScanned = found.rowsScanned();
    String scan = found.stats().toString();
    Cells previous = null;
    TimeSpan compared = spec.compared();
    if (compared != null) {
      QuerySpec then = spec.withSpan(compared);
      Partial before = scan(then, snapshot, asOf, budget);
      previous = new Cells(then, budget, before);
      rowsScanned += before.rowsScanned();
      scan += "\nfor the range compared with, " + before.stats();
    }
    List<ResultRow> rows = new RowAssembler(spec, budget, cells, previous).rows();
    return new QueryResult(rows, rowsScanned, span(spec.span(), found), scan);
  }

  private static Partial scan(QuerySpec spec, Snapshot snapshot, Position asOf, Budget budget) {
    return snapshot.run(
        view -> Partial.scan(spec, budget, view, asOf.nextSequence(view.shard())), Partial::merge);
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
