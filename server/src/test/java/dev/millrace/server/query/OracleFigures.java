package dev.millrace.server.query;

import dev.millrace.v1.Measure;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The figures of the oracle. */
final class OracleFigures {
  private OracleFigures() {}

  /** Null, a Double or a String. */
  static @Nullable Object figure(Measure measure, List<TestEvent> all, String zone) {
    List<TestEvent> events =
        measure.getWhere().isEmpty()
            ? all
            : all.stream().filter(event -> "purchase".equals(event.texts.get("type"))).toList();
    if (measure.getField().isEmpty()) {
      return (double) events.size();
    }
    List<TestEvent> having =
        events.stream()
            .filter(event -> Oracle.field(event, measure.getField(), zone) != null)
            .toList();
    List<Object> values =
        having.stream().map(event -> Oracle.field(event, measure.getField(), zone)).toList();
    double[] numbers =
        values.stream()
            .filter(Double.class::isInstance)
            .mapToDouble(v -> (Double) v)
            .sorted()
            .toArray();
    int n = numbers.length;
    double sum = 0;
    for (double number : numbers) {
      sum += number;
    }
    return switch (measure.getAggregation()) {
      case COUNT -> (double) values.size();
      case SUM -> sum;
      case AVG -> n == 0 ? null : sum / n;
      case MIN -> n == 0 ? null : numbers[0];
      case MAX -> n == 0 ? null : numbers[n - 1];
      case STDDEV -> deviation(numbers, sum);
      case UNIQUE ->
          (double) new HashSet<>(values.stream().map(OracleFigures::normal).toList()).size();
      case QUANTILE ->
          n == 0 ? null : numbers[Math.max(1, (int) Math.ceil(measure.getQuantile() * n)) - 1];
      case FIRST -> end(measure, having, zone, false);
      case LAST -> end(measure, having, zone, true);
      default -> throw new IllegalStateException();
    };
  }

  private static Object normal(Object value) {
    return value instanceof Double number ? number + 0.0 : value;
  }

  private static @Nullable Double deviation(double[] numbers, double sum) {
    if (numbers.length < 2) {
      return null;
    }
    double squares = 0;
    for (double number : numbers) {
      squares += Math.pow(number - sum / numbers.length, 2);
    }
    return Math.sqrt(squares / (numbers.length - 1));
  }

  private static @Nullable Object end(
      Measure measure, List<TestEvent> having, String zone, boolean last) {
    Comparator<TestEvent> order =
        Comparator.<TestEvent>comparingLong(event -> event.time)
            .thenComparingLong(event -> event.sequence)
            .thenComparingInt(event -> event.shard);
    TestEvent end =
        last ? having.stream().max(order).orElse(null) : having.stream().min(order).orElse(null);
    if (end == null) {
      return null;
    }
    Object value = Oracle.field(end, measure.getField(), zone);
    return switch (value) {
      case null -> null;
      case Boolean truth -> truth ? 1.0 : 0.0;
      case List<?> list -> json(list);
      case Double _, String _ -> value;
      default -> "{}";
    };
  }

  static String json(List<?> list) {
    return list.stream()
        .map(
            value ->
                value instanceof String text
                    ? "\"" + text + "\""
                    : String.valueOf(((Double) value).intValue()))
        .collect(Collectors.joining(",", "[", "]"));
  }
}
