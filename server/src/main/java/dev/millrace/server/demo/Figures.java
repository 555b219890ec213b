package dev.millrace.server.demo;

import dev.millrace.client.Millrace;
import dev.millrace.v1.Measure;
import dev.millrace.v1.OrderBy;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryServiceGrpc.QueryServiceBlockingStub;
import dev.millrace.v1.Row;
import dev.millrace.v1.TimeRange;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the demo shows.
 *
 * @param total all events stored
 * @param perSecond events a second over the last ten
 * @param lastMinute events of the last minute
 * @param pages the pages with the most edits of the last 24 hours
 */
record Figures(long total, double perSecond, long lastMinute, List<Page> pages) {
  private static final String PAGE = "properties.page";
  private static final int PAGES = 5;
  private static final int TIMEOUT_SECONDS = 10;
  private static final int RATE_SECONDS = 10;

  /** A page and its edits. */
  record Page(String name, long edits) {}

  /** Asks the server. */
  static Figures ask(Millrace millrace) {
    Query count =
        Query.newBuilder()
            .addMeasures(
                Measure.newBuilder().setName("n").setAggregation(Measure.Aggregation.COUNT))
            .build();
    Query top =
        count.toBuilder()
            .addGroupBy(PAGE)
            .addOrderBy(OrderBy.newBuilder().setBy("n").setDescending(true))
            .setLimit(PAGES)
            .setRange(last("24h"))
            .build();
    return new Figures(
        number(millrace, count),
        number(millrace, count.toBuilder().setRange(last(RATE_SECONDS + "s")).build())
            / (double) RATE_SECONDS,
        number(millrace, count.toBuilder().setRange(last("1m")).build()),
        rows(millrace, top).stream().map(Figures::page).toList());
  }

  private static TimeRange last(String length) {
    return TimeRange.newBuilder().setLast(length).build();
  }

  private static Page page(Row row) {
    return new Page(row.getDimensionsOrThrow(PAGE).getStringValue(), (long) value(row));
  }

  private static long number(Millrace millrace, Query query) {
    List<Row> rows = rows(millrace, query);
    return rows.isEmpty() ? 0 : (long) value(rows.getFirst());
  }

  private static double value(Row row) {
    return row.getValuesOrDefault("n", 0);
  }

  private static List<Row> rows(Millrace millrace, Query query) {
    QueryServiceBlockingStub queries =
        millrace.queries().withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    return queries.query(QueryRequest.newBuilder().setQuery(query).build()).getRowsList();
  }
}
