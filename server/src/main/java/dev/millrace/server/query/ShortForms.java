package dev.millrace.server.query;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.error.ApiException.FieldViolation;
import dev.millrace.v1.CountRequest;
import dev.millrace.v1.Filter;
import dev.millrace.v1.Measure;
import dev.millrace.v1.OrderBy;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryResponse;
import dev.millrace.v1.TimeRange;
import dev.millrace.v1.TopRequest;
import dev.millrace.v1.UniqueUsersRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Questions short enough for an address, as the whole questions they stand for. */
final class ShortForms {
  private static final int TOP_DEFAULT = 10;

  /** What fields of a question are called in the short forms. */
  private static final Map<String, String> NAMES =
      Map.of(
          "query.where", "where",
          "query.range", "last",
          "query.range.last", "last",
          "query.range.from", "from",
          "query.range.to", "to",
          "query.timeZone", "timeZone",
          "query.limit", "limit");

  private static final String GROUP_BY = "query.groupBy";

  private ShortForms() {}

  /**
   * A question that a short form stands for.
   *
   * @param groupName what the form calls the fields of its grouping
   */
  record Asked(String project, Query query, String groupName) {}

  static Asked count(CountRequest request) {
    Query.Builder query =
        about(request.getType(), request.getWhere(), request.getTimeZone())
            .setRange(range(request.getLast()))
            .addAllGroupBy(request.getGroupByList());
    if (request.hasFrom()) {
      query.getRangeBuilder().setFrom(request.getFrom());
    }
    if (request.hasTo()) {
      query.getRangeBuilder().setTo(request.getTo());
    }
    return new Asked(request.getProject(), events(query).build(), "groupBy");
  }

  static Asked top(TopRequest request) {
    if (request.getBy().isEmpty()) {
      throw new ApiException.InvalidArgument("by", "is missing; name a field such as type");
    }
    Query.Builder query =
        about(request.getType(), request.getWhere(), request.getTimeZone())
            .setRange(range(request.getLast()))
            .addGroupBy(request.getBy())
            .setLimit(request.getLimit() == 0 ? TOP_DEFAULT : request.getLimit());
    if (request.hasFrom()) {
      query.getRangeBuilder().setFrom(request.getFrom());
    }
    if (request.hasTo()) {
      query.getRangeBuilder().setTo(request.getTo());
    }
    return new Asked(request.getProject(), events(query).build(), "by");
  }

  static Asked uniqueUsers(UniqueUsersRequest request) {
    Query.Builder query =
        about(request.getType(), request.getWhere(), request.getTimeZone())
            .setRange(range(request.getLast()))
            .addMeasures(
                Measure.newBuilder()
                    .setName("users")
                    .setAggregation(Measure.Aggregation.UNIQUE)
                    .setField("user_id"));
    if (request.hasFrom()) {
      query.getRangeBuilder().setFrom(request.getFrom());
    }
    if (request.hasTo()) {
      query.getRangeBuilder().setTo(request.getTo());
    }
    return new Asked(request.getProject(), query.build(), "groupBy");
  }

  private static Query.Builder about(String type, String where, String timeZone) {
    Query.Builder query = Query.newBuilder().setWhere(where).setTimeZone(timeZone);
    return type.isEmpty()
        ? query
        : query.setFilters(Filter.newBuilder().setField("type").setValue(ProtoValues.value(type)));
  }

  private static TimeRange range(String last) {
    return TimeRange.newBuilder().setLast(last).build();
  }

  private static Query.Builder events(Query.Builder query) {
    return query
        .addMeasures(
            Measure.newBuilder().setName("events").setAggregation(Measure.Aggregation.COUNT))
        .addOrderBy(OrderBy.newBuilder().setBy("events").setDescending(true));
  }

  /** Asks the whole question; errors name the fields of the short one. */
  static QueryResponse ask(Asked asked, Function<QueryRequest, QueryResponse> query) {
    try {
      return query.apply(
          QueryRequest.newBuilder().setProject(asked.project()).setQuery(asked.query()).build());
    } catch (ApiException.InvalidArgument e) {
      List<FieldViolation> renamed =
          e.violations().stream()
              .map(v -> new FieldViolation(name(v.field(), asked.groupName()), v.description()))
              .toList();
      throw new ApiException.InvalidArgument(renamed);
    }
  }

  private static String name(String field, String groupName) {
    if (field.startsWith(GROUP_BY)) {
      return groupName.equals("by") ? groupName : groupName + field.substring(GROUP_BY.length());
    }
    return NAMES.getOrDefault(field, field);
  }
}
