package dev.millrace.server.app;

import com.google.protobuf.Timestamp;
import dev.millrace.v1.Bucket;
import dev.millrace.v1.Measure;
import dev.millrace.v1.Measure.Aggregation;
import dev.millrace.v1.OrderBy;
import dev.millrace.v1.Query;
import dev.millrace.v1.TimeRange;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** Random questions about the events of {@link RandomTraffic}, with an eye on time. */
final class RandomLiveQuery {
  private RandomLiveQuery() {}

  static Query next(Random random, Instant now) {
    Query.Builder query = Query.newBuilder();
    query.addMeasures(measure("n", Aggregation.COUNT, ""));
    if (random.nextBoolean()) {
      query.addMeasures(measure("sum", Aggregation.SUM, "value"));
      query.addMeasures(measure("mean", Aggregation.AVG, "value"));
      query.addMeasures(Measure.newBuilder().setName("each").setFormula("sum / n"));
    }
    if (random.nextBoolean()) {
      query.addMeasures(measure("users", Aggregation.UNIQUE, "user_id"));
      query.addMeasures(measure("last", Aggregation.LAST, "type"));
    }
    if (random.nextInt(3) == 0) {
      query.addMeasures(measure("rate", Aggregation.RATE, ""));
    }
    if (random.nextInt(3) == 0) {
      query.setWhere("value > 3");
    }
    if (random.nextBoolean()) {
      query.addGroupBy(random.nextBoolean() ? "type" : "user_id");
    }
    if (random.nextBoolean()) {
      query.setBucket(
          Bucket.newBuilder()
              .setEvery(random.nextBoolean() ? "10m" : "1h")
              .setSkipEmpty(random.nextBoolean()));
    }
    range(query, random, now);
    if (random.nextInt(3) == 0) {
      query
          .setLimit(1 + random.nextInt(3))
          .setOthers(random.nextBoolean())
          .addOrderBy(OrderBy.newBuilder().setBy("n").setDescending(true));
    }
    return query.build();
  }

  private static void range(Query.Builder query, Random random, Instant now) {
    switch (random.nextInt(4)) {
      case 0 -> {
        query.setRange(
            TimeRange.newBuilder().setLast(List.of("10m", "1h", "1d").get(random.nextInt(3))));
        if (random.nextInt(3) == 0) {
          query.setCompare(Query.Compare.PREVIOUS_PERIOD);
        }
      }
      case 1 -> query.setRange(TimeRange.newBuilder().setLast("today"));
      case 2 ->
          query.setRange(
              TimeRange.newBuilder()
                  .setFrom(Timestamp.newBuilder().setSeconds(now.getEpochSecond() - 3_600))
                  .setTo(Timestamp.newBuilder().setSeconds(now.getEpochSecond() + 3_600)));
      default -> {}
    }
  }

  private static Measure measure(String name, Aggregation aggregation, String field) {
    return Measure.newBuilder().setName(name).setAggregation(aggregation).setField(field).build();
  }
}
