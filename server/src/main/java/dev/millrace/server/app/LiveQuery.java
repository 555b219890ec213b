package dev.millrace.server.app;

import dev.millrace.server.live.feed.StandingQuery;
import dev.millrace.server.query.RepeatedQuery;
import java.util.function.BooleanSupplier;

/** A question that subscriptions watch, answered anew by the query package each time. */
record LiveQuery(RepeatedQuery query) implements StandingQuery {
  @Override
  public boolean moves() {
    return query.moves();
  }

  @Override
  public Evaluation evaluate(BooleanSupplier cancelled) {
    RepeatedQuery.Answer answer = query.answer(cancelled);
    return new Evaluation(answer.position(), answer.evaluatedAt(), answer.range(), answer.rows());
  }
}
