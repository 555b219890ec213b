package dev.millrace.server.query.plan;

import dev.millrace.server.query.expression.EventFilter;
import dev.millrace.server.query.expression.Field;
import dev.millrace.server.query.time.Calendar;
import dev.millrace.server.query.time.CalendarUnit;
import dev.millrace.server.query.time.Micros;
import dev.millrace.server.query.time.TimeSpan;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A checked question.
 *
 * @param measures the figures, at least one
 * @param filter what events must meet
 * @param span the time events are from
 * @param compared the earlier span that figures are compared with; null for none
 * @param bucket how the span is split; null if it isn't
 * @param sliding how many buckets, up to and with its own, a bucket's figures are over; 1 or more
 * @param skipEmpty whether buckets without events have no rows
 * @param groupBy the fields that split the events
 * @param groupNames their names as the caller wrote them
 * @param orderBy the order of rows; by time, then by keys, if empty
 * @param limit the most groups; all if 0
 * @param others whether the groups beyond the limit have a row together
 * @param now the instant the question is asked at
 */
public record QuerySpec(
    List<Measure> measures,
    EventFilter filter,
    TimeSpan span,
    @Nullable TimeSpan compared,
    CalendarUnit.@Nullable Amount bucket,
    int sliding,
    boolean skipEmpty,
    List<Field> groupBy,
    List<String> groupNames,
    List<Order> orderBy,
    int limit,
    boolean others,
    Calendar calendar,
    Instant now) {

  /** One level of the order of rows. */
  public sealed interface Order {
    boolean descending();

    /** By the start of the bucket. */
    record ByTime(boolean descending) implements Order {}

    /** By a figure; rows that lack it come last. */
    record ByMeasure(int index, boolean descending) implements Order {}

    /** By a key; rows that lack it come last. */
    record ByKey(int index, boolean descending) implements Order {}
  }

  /** How the question is answered, for people to read. */
  public String explain() {
    StringBuilder plan = new StringBuilder("scan of the log on every shard\n");
    plan.append("  range ").append(open(span.openStart(), span.from()));
    plan.append(" to ").append(open(span.openEnd(), span.to())).append('\n');
    if (compared != null) {
      plan.append("  compared with ").append(open(false, compared.from()));
      plan.append(" to ").append(open(false, compared.to())).append('\n');
    }
    if (!filter.all()) {
      plan.append("  filter ").append(filter).append('\n');
    }
    if (!groupNames.isEmpty()) {
      plan.append("  group by ").append(String.join(", ", groupNames)).append('\n');
    }
    if (bucket != null) {
      plan.append("  buckets of ")
          .append(bucket)
          .append(" in ")
          .append(calendar.zone())
          .append('\n');
    }
    for (Measure measure : measures) {
      plan.append("  measure ").append(measure.name()).append(": ").append(measure).append('\n');
    }
    plan.append("merge of the shards' groups");
    if (limit > 0) {
      plan.append(", the first ").append(limit).append(" groups");
    }
    return plan.toString();
  }

  private static String open(boolean open, long micros) {
    return open ? "any" : Micros.instant(micros).toString();
  }

  /** The same question about another time, compared with nothing. */
  public QuerySpec withSpan(TimeSpan other) {
    return new QuerySpec(
        measures,
        filter,
        other,
        null,
        bucket,
        sliding,
        skipEmpty,
        groupBy,
        groupNames,
        orderBy,
        limit,
        others,
        calendar,
        now);
  }
}
