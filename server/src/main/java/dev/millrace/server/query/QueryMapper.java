package dev.millrace.server.query;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.query.expression.EventFilter;
import dev.millrace.server.query.expression.Field;
import dev.millrace.server.query.plan.Measure;
import dev.millrace.server.query.plan.QuerySpec;
import dev.millrace.server.query.time.Calendar;
import dev.millrace.server.query.time.CalendarUnit;
import dev.millrace.server.query.time.Micros;
import dev.millrace.server.query.time.TimeSpan;
import dev.millrace.v1.Bucket;
import dev.millrace.v1.OrderBy;
import dev.millrace.v1.Query;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns query messages into checked questions. Errors name the field below {@code query}. */
final class QueryMapper {
  private static final int GROUP_BY_MAX = 20;
  private static final int ORDER_BY_MAX = 20;
  private static final int SLIDING_MAX = 400;

  private final Query query;
  private final Instant now;
  private final QueryLimits limits;

  private QueryMapper(Query query, Instant now, QueryLimits limits) {
    this.query = query;
    this.now = now;
    this.limits = limits;
  }

  /**
   * Reads and checks a query.
   *
   * @throws ApiException.InvalidArgument naming the field that is wrong
   */
  static QuerySpec spec(Query query, Instant now, QueryLimits limits) {
    return new QueryMapper(query, now, limits).spec();
  }

  private QuerySpec spec() {
    List<Measure> measures = MeasureMapper.measures(query.getMeasuresList());
    EventFilter filter =
        EventFilter.ofCel(query.getWhere(), "query.where")
            .and(
                EventFilter.of(
                    query.hasFilters() ? FilterMapper.filter(query.getFilters()) : null,
                    "query.filters"));
    Calendar calendar = calendar();
    TimeSpan span = RangeMapper.span(query.getRange(), "query.range", calendar, now);
    List<Field> groupBy = groupBy();
    CalendarUnit.Amount bucket = query.hasBucket() ? bucket(query.getBucket()) : null;
    TimeSpan compared = compared(calendar, span);
    if (query.getLimit() < 0 || query.getLimit() > limits.rows()) {
      throw invalid("query.limit", "must be from 0 (no limit) to %,d".formatted(limits.rows()));
    }
    return new QuerySpec(
        measures,
        filter,
        span,
        compared,
        bucket,
        bucket == null ? 1 : sliding(bucket, query.getBucket().getSliding()),
        query.getBucket().getSkipEmpty(),
        groupBy,
        List.copyOf(query.getGroupByList()),
        orderBy(measures, bucket != null),
        query.getLimit(),
        query.getOthers(),
        calendar,
        now);
  }

  private @Nullable TimeSpan compared(Calendar calendar, TimeSpan span) {
    if (query.getCompare() == Query.Compare.COMPARE_UNSPECIFIED) {
      return null;
    }
    if (span.openStart() || span.openEnd()) {
      throw invalid("query.compare", "needs a range with both ends");
    }
    TimeSpan earlier =
        switch (query.getCompare()) {
          case PREVIOUS_PERIOD -> calendar.before(query.getRange().getLast(), span);
          case PREVIOUS_YEAR -> calendar.yearBefore(span);
          case COMPARE_UNSPECIFIED, UNRECOGNIZED ->
              throw invalid("query.compare", "must be PREVIOUS_PERIOD or PREVIOUS_YEAR");
        };
    return earlier.cutLike(span, Micros.of(now));
  }

  private Calendar calendar() {
    String zone = query.getTimeZone();
    String bucketZone = query.getBucket().getTimeZone();
    if (zone.isEmpty()) {
      return new Calendar(
          zone(bucketZone, "query.bucket.timeZone"), weekStart(query.getWeekStart()));
    }
    if (!bucketZone.isEmpty() && !bucketZone.equals(zone)) {
      throw invalid(
          "query.bucket.timeZone", "a query has one zone, and query.timeZone says '" + zone + "'");
    }
    return new Calendar(zone(zone, "query.timeZone"), weekStart(query.getWeekStart()));
  }

  static ZoneId zone(String name, String field) {
    try {
      return name.isEmpty() ? ZoneId.of("UTC") : ZoneId.of(name);
    } catch (DateTimeException _) {
      throw invalid(field, "isn't an IANA zone such as Europe/Berlin");
    }
  }

  private static DayOfWeek weekStart(String name) {
    try {
      return name.isEmpty() ? DayOfWeek.MONDAY : DayOfWeek.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException _) {
      throw invalid("query.weekStart", "must be MONDAY, TUESDAY, … or SUNDAY");
    }
  }

  private List<Field> groupBy() {
    if (query.getGroupByCount() > GROUP_BY_MAX) {
      throw invalid("query.groupBy", "has at most %d fields".formatted(GROUP_BY_MAX));
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < query.getGroupByCount(); i++) {
      String path = "query.groupBy[" + i + "]";
      Field field = field(query.getGroupBy(i), path);
      if (field instanceof Field.Time) {
        throw invalid(path, "can't be time: use bucket, or date and hour_of_day");
      }
      if (fields.contains(field)) {
        throw invalid(path, "is there twice");
      }
      fields.add(field);
    }
    return List.copyOf(fields);
  }

  static Field field(String name, String path) {
    try {
      return Field.parse(name);
    } catch (IllegalArgumentException e) {
      throw invalid(path, String.valueOf(e.getMessage()));
    }
  }

  private static CalendarUnit.Amount bucket(Bucket bucket) {
    if (bucket.getEvery().isEmpty()) {
      throw invalid("query.bucket.every", "is missing");
    }
    try {
      return CalendarUnit.Amount.parse(bucket.getEvery());
    } catch (IllegalArgumentException e) {
      throw invalid("query.bucket.every", String.valueOf(e.getMessage()));
    }
  }

  /** How many buckets a sliding figure is over. */
  private static int sliding(CalendarUnit.Amount every, String sliding) {
    if (sliding.isEmpty()) {
      return 1;
    }
    CalendarUnit.Amount window;
    try {
      window = CalendarUnit.Amount.parse(sliding);
    } catch (IllegalArgumentException e) {
      throw invalid("query.bucket.sliding", String.valueOf(e.getMessage()));
    }
    boolean months = every.unit() == CalendarUnit.MONTH;
    boolean alike = months == (window.unit() == CalendarUnit.MONTH);
    long length = months ? window.count() : window.micros();
    long step = months ? every.count() : every.micros();
    if (!alike || length % step != 0 || length / step > SLIDING_MAX) {
      throw invalid(
          "query.bucket.sliding",
          "must be a multiple of every, %s, of at most %d buckets".formatted(every, SLIDING_MAX));
    }
    return (int) (length / step);
  }

  private List<QuerySpec.Order> orderBy(List<Measure> measures, boolean bucketed) {
    if (query.getOrderByCount() > ORDER_BY_MAX) {
      throw invalid("query.orderBy", "has at most %d levels".formatted(ORDER_BY_MAX));
    }
    List<QuerySpec.Order> orders = new ArrayList<>();
    for (int i = 0; i < query.getOrderByCount(); i++) {
      OrderBy level = query.getOrderBy(i);
      QuerySpec.Order order = order(level.getBy(), level.getDescending(), measures, bucketed);
      if (order == null) {
        throw invalid(
            "query.orderBy[" + i + "].by",
            "must be the name of a measure that gives numbers or texts, a field of groupBy, or time where"
                + " there are buckets");
      }
      orders.add(order);
    }
    return List.copyOf(orders);
  }

  private QuerySpec.@Nullable Order order(
      String by, boolean descending, List<Measure> measures, boolean bucketed) {
    for (int i = 0; i < measures.size(); i++) {
      if (measures.get(i).name().equals(by)) {
        return MeasureMapper.ordered(measures.get(i))
            ? new QuerySpec.Order.ByMeasure(i, descending)
            : null;
      }
    }
    int key = query.getGroupByList().indexOf(by);
    if (key >= 0) {
      return new QuerySpec.Order.ByKey(key, descending);
    }
    return bucketed && by.equals("time") ? new QuerySpec.Order.ByTime(descending) : null;
  }

  private static ApiException.InvalidArgument invalid(String field, String description) {
    return new ApiException.InvalidArgument(field, description);
  }
}
