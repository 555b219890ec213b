package dev.millrace.server.query;

import dev.millrace.v1.Bucket;
import dev.millrace.v1.Measure;
import dev.millrace.v1.Measure.Aggregation;
import dev.millrace.v1.OrderBy;
import dev.millrace.v1.Query;
import dev.millrace.v1.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A random question. */
final class RandomQuery {
  private static final List<String> ZONES =
      List.of("", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu");
  private static final List<String> EVERY = List.of("15m", "1h", "6h", "1d", "1w", "1M");
  private static final List<String> KEYS =
      List.of(
          "type",
          "user_id",
          "mixed",
          "tags",
          "geo.country",
          "hour_of_day",
          "day_of_week",
          "date",
          "is_conversion",
          "country",
          "value");
  private static final List<String> MEASURED =
      List.of("value", "mixed", "amount", "user_id", "never");

  private final Random random;
  private final Query.Builder query = Query.newBuilder();
  private @Nullable Condition condition;

  RandomQuery(Random random) {
    this.random = random;
    query.setTimeZone(pick(ZONES));
    measures();
    if (random.nextBoolean()) {
      Condition made = Condition.random(random, 2);
      condition = made;
      if (random.nextBoolean()) {
        query.setWhere(made.cel());
      } else {
        query.setFilters(made.filter());
      }
    }
    List<String> keys = new ArrayList<>(KEYS);
    Collections.shuffle(keys, random);
    query.addAllGroupBy(keys.subList(0, Math.max(0, random.nextInt(4) - 1)));
    if (random.nextBoolean()) {
      query.setBucket(
          Bucket.newBuilder().setEvery(pick(EVERY)).setSkipEmpty(random.nextInt(3) == 0));
    }
    range();
    if (query.hasBucket() && random.nextInt(3) == 0) {
      String every = query.getBucket().getEvery();
      int unit = every.length() - 1;
      int times = 2 + random.nextInt(3);
      String window = times * Integer.parseInt(every.substring(0, unit)) + every.substring(unit);
      query.setBucket(query.getBucket().toBuilder().setSliding(window));
    }
    // What surrounds a range counts differently in sliding windows of the oracle: neither ranking
    // by the whole range nor the range before is asked with them.
    boolean sliding = !query.getBucket().getSliding().isEmpty();
    if (!sliding) {
      compare();
    }
    order();
    if (!sliding && random.nextInt(3) == 0) {
      query.setLimit(1 + random.nextInt(4)).setOthers(random.nextBoolean());
    }
  }

  Query message() {
    return query.build();
  }

  @Nullable Condition condition() {
    return condition;
  }

  private void measures() {
    List<Aggregation> all =
        List.of(
            Aggregation.COUNT,
            Aggregation.SUM,
            Aggregation.AVG,
            Aggregation.MIN,
            Aggregation.MAX,
            Aggregation.STDDEV,
            Aggregation.UNIQUE,
            Aggregation.QUANTILE,
            Aggregation.RATE,
            Aggregation.HISTOGRAM,
            Aggregation.FIRST,
            Aggregation.LAST);
    query.addMeasures(Measure.newBuilder().setName("events"));
    for (int i = 0; i < random.nextInt(5); i++) {
      Aggregation aggregation = pick(all);
      Measure.Builder measure =
          Measure.newBuilder()
              .setName("m" + i)
              .setAggregation(aggregation)
              .setField(pick(MEASURED));
      if (aggregation == Aggregation.QUANTILE) {
        measure.setQuantile(random.nextInt(5) / 4.0);
      }
      if (aggregation == Aggregation.HISTOGRAM && random.nextBoolean()) {
        measure.addAllEdges(List.of(-1.5, 0.0, 0.25, 6.0));
      }
      if (aggregation == Aggregation.RATE && random.nextBoolean()) {
        measure.clearField();
      }
      if (random.nextInt(4) == 0) {
        measure.setWhere("type == 'purchase'");
      }
      query.addMeasures(measure);
    }
    if (random.nextInt(3) == 0) {
      formulas();
    }
  }

  private void formulas() {
    query.addMeasures(measure("worth", Aggregation.SUM).setWhere("type == 'purchase'"));
    query.addMeasures(measure("low", Aggregation.MIN));
    query.addMeasures(Measure.newBuilder().setName("ratio").setFormula("worth / events"));
    for (String formula : OracleFigures.FORMULAS.keySet()) {
      String name = "f" + query.getMeasuresCount();
      query.addMeasures(Measure.newBuilder().setName(name).setFormula(formula));
    }
  }

  private static Measure.Builder measure(String name, Aggregation aggregation) {
    return Measure.newBuilder().setName(name).setAggregation(aggregation).setField("value");
  }

  private void compare() {
    TimeRange range = query.getRange();
    boolean closed = !range.getLast().isEmpty() || (range.hasFrom() && range.hasTo());
    if (closed && random.nextBoolean()) {
      query.setCompare(
          random.nextBoolean() ? Query.Compare.PREVIOUS_PERIOD : Query.Compare.PREVIOUS_YEAR);
    }
  }

  private void range() {
    TimeRange.Builder range = TimeRange.newBuilder();
    Instant start =
        Instant.parse(
            pick(
                List.of(
                    "2025-03-29T10:20:00Z",
                    "2025-10-25T23:00:00Z",
                    "2025-11-01T00:00:00Z",
                    "2025-04-05T12:00:00Z")));
    switch (random.nextInt(6)) {
      case 0 -> range.setFrom(ProtoValues.timestamp(start));
      case 1 -> range.setTo(ProtoValues.timestamp(start.plusSeconds(86_400)));
      case 2 ->
          range
              .setFrom(ProtoValues.timestamp(start))
              .setTo(ProtoValues.timestamp(start.plusSeconds(random.nextInt(400_000))));
      case 3 ->
          range.setLast(pick(List.of("3d", "today", "thisWeek", "yesterday", "lastWeek", "90m")));
      default -> {}
    }
    query.setRange(range);
    boolean fine = query.getBucket().getEvery().equals("15m");
    if (fine && !query.getBucket().getSkipEmpty() && query.getGroupByCount() > 0) {
      // Many groups times all quarters of an hour of months would pass the limit of rows.
      query.setBucket(query.getBucket().toBuilder().setEvery("6h"));
    }
  }

  private void order() {
    for (int i = 0; i < random.nextInt(3); i++) {
      List<String> choices = new ArrayList<>(query.getGroupByList());
      query.getMeasuresList().stream()
          .filter(
              measure ->
                  measure.getAggregation() != Aggregation.STDDEV
                      && measure.getAggregation() != Aggregation.HISTOGRAM)
          .forEach(measure -> choices.add(measure.getName()));
      if (query.hasBucket()) {
        choices.add("time");
      }
      query.addOrderBy(
          OrderBy.newBuilder().setBy(pick(choices)).setDescending(random.nextBoolean()));
    }
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
