package dev.millrace.server.demo;

import dev.millrace.client.Millrace;
import dev.millrace.v1.Measure;
import dev.millrace.v1.OrderBy;
import dev.millrace.v1.Query;
import dev.millrace.v1.Row;
import dev.millrace.v1.TimeRange;
import java.util.Comparator;

/** The figures of the demo, kept by subscriptions. */
final class LiveFigures implements AutoCloseable {
  private static final String PAGE = "properties.page";
  private static final int PAGES = 5;
  private static final int FIRST_SECONDS = 10;
  private static final int RATE_SECONDS = 10;

  private final Watch total;
  private final Watch lately;
  private final Watch minute;
  private final Watch top;

  LiveFigures(Millrace millrace) {
    Query count =
        Query.newBuilder()
            .addMeasures(
                Measure.newBuilder().setName("n").setAggregation(Measure.Aggregation.COUNT))
            .build();
    total = new Watch(millrace, count);
    lately = new Watch(millrace, count.toBuilder().setRange(last(RATE_SECONDS + "s")).build());
    minute = new Watch(millrace, count.toBuilder().setRange(last("1m")).build());
    top =
        new Watch(
            millrace,
            count.toBuilder()
                .addGroupBy(PAGE)
                .addOrderBy(OrderBy.newBuilder().setBy("n").setDescending(true))
                .setLimit(PAGES)
                .setRange(last("24h"))
                .build());
  }

  private static TimeRange last(String length) {
    return TimeRange.newBuilder().setLast(length).build();
  }

  /** Waits until all are there; whether they came in time. */
  boolean await() throws InterruptedException {
    return total.await(FIRST_SECONDS)
        && lately.await(FIRST_SECONDS)
        && minute.await(FIRST_SECONDS)
        && top.await(FIRST_SECONDS);
  }

  /** The figures as they are now. */
  Figures now() {
    return new Figures(
        count(total),
        count(lately) / (double) RATE_SECONDS,
        count(minute),
        top.rows().stream()
            .map(LiveFigures::page)
            .sorted(
                Comparator.comparingLong(Figures.Page::edits)
                    .reversed()
                    .thenComparing(Figures.Page::name))
            .toList());
  }

  private static Figures.Page page(Row row) {
    return new Figures.Page(row.getDimensionsOrThrow(PAGE).getStringValue(), count(row));
  }

  private static long count(Watch watch) {
    return watch.rows().stream().mapToLong(LiveFigures::count).sum();
  }

  private static long count(Row row) {
    return (long) row.getValuesOrDefault("n", 0);
  }

  @Override
  public void close() {
    total.close();
    lately.close();
    minute.close();
    top.close();
  }
}
