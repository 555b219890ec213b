package dev.millrace.server.live;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.feed.StandingQuery;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Storage;
import dev.millrace.v1.Query;
import dev.millrace.v1.Row;
import dev.millrace.v1.TimeRange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Counts the events of a store's first shard; a query's {@code where} says what becomes of it. */
public record FakeQuery(Storage storage, Query query) implements StandingQuery {
  @Override
  public boolean moves() {
    return !query.getRange().getLast().isEmpty();
  }

  @Override
  public Evaluation evaluate(BooleanSupplier cancelled) {
    if (query.getWhere().equals("limit")) {
      throw new ApiException.LimitExceeded("query.maxRows", "too many rows");
    }
    Position position = storage.position("default");
    double count = position.nextSequence(0);
    return new Evaluation(
        position,
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        TimeRange.getDefaultInstance(),
        List.of(Row.newBuilder().putValues("n", count).build()));
  }
}
