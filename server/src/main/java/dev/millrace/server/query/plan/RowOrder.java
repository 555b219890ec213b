package dev.millrace.server.query.plan;

import dev.millrace.server.query.expression.CodePoints;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order of rows. What is absent comes last in both directions; ties go by time, then by keys,
 * ascending: booleans, numbers, texts by code point, null. The row of the others comes after all
 * that it ties with, and after all rows of its bucket or answer where the order is by keys.
 */
final class RowOrder {
  private RowOrder() {}

  static Comparator<ResultRow> of(List<QuerySpec.Order> levels) {
    Comparator<ResultRow> order = (_, _) -> 0;
    for (QuerySpec.Order level : levels) {
      order = order.thenComparing(of(level));
    }
    return order
        .thenComparing(ResultRow::bucket, Comparator.nullsLast(Comparator.naturalOrder()))
        .thenComparing(ResultRow::others)
        .thenComparing((a, b) -> compareKeys(a.keys(), b.keys()));
  }

  private static Comparator<ResultRow> of(QuerySpec.Order level) {
    return switch (level) {
      case QuerySpec.Order.ByTime time ->
          (a, b) -> absentLast(a.bucket(), b.bucket(), time.descending(), Long::compare);
      case QuerySpec.Order.ByMeasure measure ->
          (a, b) ->
              absentLast(
                  a.figures().get(measure.index()).value(),
                  b.figures().get(measure.index()).value(),
                  measure.descending(),
                  RowOrder::compare);
      case QuerySpec.Order.ByKey key ->
          (a, b) ->
              absentLast(
                  a.keys().get(key.index()),
                  b.keys().get(key.index()),
                  key.descending(),
                  RowOrder::compare);
    };
  }

  private static <T> int absentLast(
      @Nullable T a, @Nullable T b, boolean descending, Comparator<T> present) {
    if (a == null || b == null) {
      return a == null ? (b == null ? 0 : 1) : -1;
    }
    return descending ? present.compare(b, a) : present.compare(a, b);
  }

  private static int compareKeys(List<@Nullable Object> a, List<@Nullable Object> b) {
    for (int i = 0; i < a.size(); i++) {
      int order = absentLast(a.get(i), b.get(i), false, RowOrder::compare);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int compare(Object a, Object b) {
    return switch (a) {
      case Double x when b instanceof Double y -> Double.compare(x, y);
      case String x when b instanceof String y -> CodePoints.compare(x, y);
      case Boolean x when b instanceof Boolean y -> Boolean.compare(x, y);
      default -> Integer.compare(rank(a), rank(b));
    };
  }

  private static int rank(Object value) {
    return value instanceof Boolean ? 0 : value instanceof Double ? 1 : 2;
  }
}
