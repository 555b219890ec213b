package dev.millrace.server.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Value;
import dev.millrace.server.error.ApiException;
import dev.millrace.v1.Bucket;
import dev.millrace.v1.Filter;
import dev.millrace.v1.GetSchemaRequest;
import dev.millrace.v1.GetSchemaResponse;
import dev.millrace.v1.ListEventsRequest;
import dev.millrace.v1.ListEventsResponse;
import dev.millrace.v1.Measure;
import dev.millrace.v1.Measure.Aggregation;
import dev.millrace.v1.OrderBy;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryResponse;
import dev.millrace.v1.Row;
import dev.millrace.v1.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class QueryServiceTest {
  private final TestStore store =
      TestStore.of(
          TestEvent.at("2026-01-15T10:00:00Z", "purchase").user("a").value(10).tags("web", "new"),
          TestEvent.at("2026-01-15T10:30:00Z", "purchase").user("b").value(2.5).with("plan", "pro"),
          TestEvent.at("2026-01-15T11:05:00Z", "page_view").user("a").with("page", "/home"),
          TestEvent.at("2026-01-15T12:00:00Z", "page_view").with("geo", Map.of("lat", 1.5)));
  private final Asking asking = new Asking(store);

  private static Measure.Builder measure(Aggregation aggregation, String field) {
    return Measure.newBuilder().setAggregation(aggregation).setField(field);
  }

  private static Query.Builder count() {
    return Query.newBuilder().addMeasures(Measure.newBuilder());
  }

  @Test
  void figures_without_groups_are_one_row() {
    List<Row> rows =
        asking.rows(
            count()
                .addMeasures(measure(Aggregation.SUM, "value"))
                .addMeasures(measure(Aggregation.AVG, "value"))
                .addMeasures(measure(Aggregation.UNIQUE, "user_id"))
                .addMeasures(
                    Measure.newBuilder()
                        .setName("per_user")
                        .setFormula("sum_value / unique_user_id")));

    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().getValuesMap())
        .isEqualTo(
            Map.of(
                "count",
                4.0,
                "sum_value",
                12.5,
                "avg_value",
                6.25,
                "unique_user_id",
                2.0,
                "per_user",
                6.25));
  }

  @Test
  void figures_over_nothing_are_zero_or_absent() {
    Row row =
        asking
            .rows(
                count()
                    .setWhere("type == 'none'")
                    .addMeasures(measure(Aggregation.SUM, "value"))
                    .addMeasures(measure(Aggregation.UNIQUE, "value"))
                    .addMeasures(measure(Aggregation.AVG, "value"))
                    .addMeasures(measure(Aggregation.MIN, "value"))
                    .addMeasures(measure(Aggregation.LAST, "value"))
                    .addMeasures(measure(Aggregation.RATE, "value")))
            .getFirst();

    assertThat(row.getValuesMap())
        .isEqualTo(Map.of("count", 0.0, "sum_value", 0.0, "unique_value", 0.0));
  }

  @Test
  void a_missing_key_is_its_own_group_shown_as_null() {
    List<Row> rows = asking.rows(count().addGroupBy("user_id"));

    assertThat(rows).hasSize(3);
    assertThat(rows.stream().map(row -> row.getDimensionsOrThrow("user_id")).toList())
        .extracting(Value::getStringValue)
        .containsExactly("a", "b", "");
    assertThat(rows.getLast().getDimensionsOrThrow("user_id").hasNullValue()).isTrue();
  }

  @Test
  void buckets_fill_the_range_and_mark_what_is_cut() {
    List<Row> rows =
        asking.rows(
            count()
                .setRange(TimeRange.newBuilder().setLast("4h"))
                .setBucket(Bucket.newBuilder().setEvery("1h")));

    assertThat(rows)
        .extracting(row -> row.getValuesOrThrow("count"))
        .containsExactly(0.0, 0.0, 2.0, 1.0, 1.0);
    assertThat(rows).extracting(Row::getPartial).containsExactly(true, false, false, false, true);
    assertThat(rows.getFirst().getTime())
        .isEqualTo(ProtoValues.timestamp(Instant.parse("2026-01-15T08:00:00Z")));
  }

  @Test
  void limit_keeps_the_largest_groups_and_others_hold_the_rest() {
    List<Row> rows =
        asking.rows(
            count()
                .addMeasures(measure(Aggregation.UNIQUE, "user_id").setName("users"))
                .addGroupBy("properties.page")
                .addOrderBy(OrderBy.newBuilder().setBy("count").setDescending(true))
                .setLimit(1)
                .setOthers(true));

    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).getValuesMap()).isEqualTo(Map.of("count", 3.0, "users", 2.0));
    assertThat(rows.get(1).getValuesMap()).isEqualTo(Map.of("count", 1.0, "users", 1.0));
    assertThat(rows.get(1).getOthers()).isTrue();
  }

  @Test
  void positions_are_checked() {
    String position = store.position("default").token();
    TestStore longer = new TestStore(1);
    longer.add(0, List.copyOf(store.events));
    longer.add(0, List.of(TestEvent.at("2026-01-15T12:00:00Z", "late")));
    QueryRequest.Builder request = QueryRequest.newBuilder().setQuery(count());

    QueryResponse response =
        new Asking(longer).query(request.clone().setAsOfPosition(position).build());
    assertThat(response.getRows(0).getValuesOrThrow("count")).isEqualTo(4);
    assertThat(response.getStats().getPosition()).isEqualTo(position);
    assertThatThrownBy(
            () ->
                asking.query(
                    request.clone().setMinPosition(longer.position("default").token()).build()))
        .isInstanceOf(ApiException.FailedPrecondition.class);
    assertThat(
            Asking.violations(
                () -> asking.query(request.clone().setMinPosition("nonsense").build())))
        .singleElement()
        .asString()
        .startsWith("minPosition: ");
    assertThat(
            Asking.violations(
                () ->
                    asking.query(
                        request
                            .clone()
                            .setMinPosition(new TestStore(2).position("").token())
                            .build())))
        .hasSize(1);
  }

  @Test
  void limits_are_typed_errors() {
    Asking limited = new Asking(store, Asking.NOW, new QueryLimits(2, 2, Duration.ofSeconds(1)));
    assertThatThrownBy(
            () ->
                limited.rows(
                    count()
                        .addGroupBy("time_of_nothing")
                        .addGroupBy("event_id")
                        .setBucket(Bucket.newBuilder().setEvery("1s"))))
        .isInstanceOf(ApiException.LimitExceeded.class);
    assertThatThrownBy(() -> limited.rows(count().setBucket(Bucket.newBuilder().setEvery("1h"))))
        .isInstanceOf(ApiException.LimitExceeded.class);
  }

  @Test
  void errors_name_the_field() {
    Query.Builder query = count();
    assertThat(refused(Query.newBuilder())).startsWith("query.measures: ");
    assertThat(refused(query.clone().setWhere("type =="))).startsWith("query.where: line 1");
    assertThat(refused(query.clone().setLimit(-1))).startsWith("query.limit: ");
    assertThat(refused(query.clone().setTimeZone("Mars/Base"))).startsWith("query.timeZone: ");
    assertThat(refused(query.clone().addGroupBy("time"))).startsWith("query.groupBy[0]: ");
    assertThat(refused(query.clone().addOrderBy(OrderBy.newBuilder().setBy("sum"))))
        .startsWith("query.orderBy[0].by: ");
    assertThat(refused(query.clone().setBucket(Bucket.newBuilder().setEvery("1x"))))
        .startsWith("query.bucket.every: ");
    assertThat(refused(query.clone().setRange(TimeRange.newBuilder().setLast("soon"))))
        .startsWith("query.range.last: ");
    assertThat(refused(query.clone().addMeasures(measure(Aggregation.SUM, ""))))
        .startsWith("query.measures[1].field: ");
    assertThat(
            refused(
                query.clone().addMeasures(measure(Aggregation.QUANTILE, "value").setQuantile(2))))
        .startsWith("query.measures[1].quantile: ");
    assertThat(
            refused(
                query.clone().addMeasures(Measure.newBuilder().setName("f").setFormula("count +"))))
        .startsWith("query.measures[1].formula: ");
    Filter bad = Filter.newBuilder().setField("type").setOpValue(99).build();
    Filter fine = Filter.newBuilder().setField("type").setValue(ProtoValues.value("a")).build();
    assertThat(refused(query.clone().setFilters(Filter.newBuilder().addAll(fine).addAll(bad))))
        .startsWith("query.filters.all[1].op: ");
    assertThat(refused(query.clone().setFilters(Filter.newBuilder())))
        .startsWith("query.filters: ");
  }

  private String refused(Query.Builder query) {
    return String.join("\n", Asking.violations(() -> asking.rows(query)));
  }

  @Test
  void lists_events_page_by_page_as_of_the_first_page() {
    List<String> times = new ArrayList<>();
    ListEventsRequest.Builder request = ListEventsRequest.newBuilder().setPageSize(3);
    ListEventsResponse first = asking.list(request.build());
    store.add(0, List.of(TestEvent.at("2026-01-15T10:15:00Z", "late")));
    ListEventsResponse second =
        asking.list(request.clone().setPageToken(first.getNextPageToken()).build());
    first.getEventsList().forEach(event -> times.add(event.getType()));
    second.getEventsList().forEach(event -> times.add(event.getType()));

    assertThat(times).containsExactly("page_view", "page_view", "purchase", "purchase");
    assertThat(second.getNextPageToken()).isEmpty();
    assertThat(
            first
                .getEvents(0)
                .getProperties()
                .getFieldsOrThrow("geo")
                .getStructValue()
                .getFieldsOrThrow("lat")
                .getNumberValue())
        .isEqualTo(1.5);
    assertThat(
            Asking.violations(
                () ->
                    asking.list(
                        request
                            .clone()
                            .setWhere("value > 1")
                            .setPageToken(first.getNextPageToken())
                            .build())))
        .singleElement()
        .asString()
        .startsWith("pageToken: ");
  }

  @Test
  void schema_tells_types_and_fields() {
    GetSchemaResponse schema = asking.schema(GetSchemaRequest.getDefaultInstance());

    assertThat(schema.getTypesList())
        .extracting(type -> type.getType() + type.getCount())
        .containsExactly("page_view2", "purchase2");
    assertThat(schema.getFieldsList())
        .extracting(
            field ->
                field.getName()
                    + " "
                    + field.getCount()
                    + " "
                    + field.getKindsList()
                    + " "
                    + field.getCardinality())
        .containsExactly(
            "properties.geo.lat 1 [NUMBER] 1.0",
            "properties.page 1 [TEXT] 1.0",
            "properties.plan 1 [TEXT] 1.0",
            "tags 1 [LIST] 1.0",
            "time 4 [TIME] 4.0",
            "type 4 [TEXT] 2.0",
            "user_id 3 [TEXT] 2.0",
            "value 2 [NUMBER] 2.0");
  }

  @Test
  void sliding_figures_reach_over_earlier_buckets_also_before_the_range() {
    Query.Builder query =
        Query.newBuilder()
            .addMeasures(measure(Aggregation.UNIQUE, "user_id").setName("users"))
            .addMeasures(measure(Aggregation.SUM, "value").setName("revenue"))
            .setRange(
                TimeRange.newBuilder()
                    .setFrom(ProtoValues.timestamp(Instant.parse("2026-01-15T11:00:00Z")))
                    .setTo(ProtoValues.timestamp(Instant.parse("2026-01-15T13:00:00Z"))))
            .setBucket(Bucket.newBuilder().setEvery("1h").setSliding("2h"));

    assertThat(asking.rows(query))
        .extracting(row -> row.getValuesOrThrow("users"))
        .containsExactly(2.0, 1.0);
    assertThat(asking.rows(query))
        .extracting(row -> row.getValuesOrThrow("revenue"))
        .containsExactly(12.5, 0.0);
    assertThat(refused(query.setBucket(Bucket.newBuilder().setEvery("1h").setSliding("90m"))))
        .startsWith("query.bucket.sliding: ");
  }

  @Test
  void figures_are_compared_with_the_period_before() {
    Query.Builder query =
        count()
            .setRange(TimeRange.newBuilder().setLast("90m"))
            .setCompare(Query.Compare.PREVIOUS_PERIOD);

    Row row = asking.rows(query).getFirst();
    assertThat(row.getValuesOrThrow("count")).isEqualTo(2);
    assertThat(row.getPreviousOrThrow("count")).isEqualTo(2);
    Row today =
        new Asking(store, Instant.parse("2026-01-16T10:30:00Z"), QueryLimits.DEFAULT)
            .rows(query.setRange(TimeRange.newBuilder().setLast("today")))
            .getFirst();
    assertThat(today.getValuesOrThrow("count")).isEqualTo(0);
    assertThat(today.getPreviousOrThrow("count")).isEqualTo(1);
    assertThat(refused(query.clearRange())).startsWith("query.compare: ");
  }

  @Test
  void formulas_that_divide_by_zero_are_absent_and_rates_are_by_the_second() {
    Query.Builder query =
        count()
            .addMeasures(Measure.newBuilder().setName("rate").setAggregation(Aggregation.RATE))
            .addMeasures(Measure.newBuilder().setName("none").setWhere("type == 'none'"))
            .addMeasures(Measure.newBuilder().setName("share").setFormula("count / none"))
            .addMeasures(Measure.newBuilder().setName("twice").setFormula("-(0 - count) * 2"))
            .setRange(TimeRange.newBuilder().setLast("4h"));

    Row row = asking.rows(query).getFirst();
    assertThat(row.getValuesOrThrow("rate")).isEqualTo(4 / (4 * 3600.0));
    assertThat(row.containsValues("share")).isFalse();
    assertThat(row.getValuesOrThrow("twice")).isEqualTo(8);
  }

  @Test
  void histograms_have_steps_of_one_two_and_five() {
    Row row =
        asking
            .rows(
                Query.newBuilder()
                    .addMeasures(measure(Aggregation.HISTOGRAM, "value").setName("h")))
            .getFirst();
    assertThat(row.getHistogramsOrThrow("h").getEdgesList()).containsExactly(2.0, 5.0, 10.0, 20.0);
    assertThat(row.getHistogramsOrThrow("h").getCountsList()).containsExactly(1L, 0L, 1L);
  }

  @Test
  void plan_tellsWhatSummariesAndDictionariesSpared() {
    TestStore store =
        TestStore.of(
            TestEvent.at("2026-01-15T10:00:00Z", "view").value(1),
            TestEvent.at("2026-01-15T10:01:00Z", "view").value(2),
            TestEvent.at("2026-01-15T10:02:00Z", "click").value(30),
            TestEvent.at("2026-01-15T10:03:00Z", "click").value(40));
    store.seal(2);

    assertThat(plan(store, "value > 20"))
        .contains("2 blocks", "by summary 1, by dictionary 0", "at 2 rows, matched 2");
    assertThat(plan(store, "type == 'signup'")).contains("by dictionary 2", "at 0 rows");
  }

  private static String plan(TestStore store, String where) {
    Query query = Query.newBuilder().setWhere(where).addMeasures(Measure.newBuilder()).build();
    return new Asking(store)
        .query(QueryRequest.newBuilder().setQuery(query).setExplain(true).build())
        .getStats()
        .getPlan();
  }
}
