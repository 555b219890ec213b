package dev.millrace.server.query;

import dev.millrace.v1.Histogram;
import dev.millrace.v1.Measure;
import dev.millrace.v1.Query;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The figures of the oracle. */
final class OracleFigures {
  private OracleFigures() {}

  /** The formulas that questions have, over {@code events}, {@code worth} and {@code low}. */
  static final Map<String, ToDoubleFunction<Map<String, Double>>> FORMULAS =
      Map.of(
          "worth / events", f -> ratio(of(f, "worth"), of(f, "events")),
          "1 / (events - events)", f -> Double.NaN,
          "events - worth - 1", f -> of(f, "events") - of(f, "worth") - 1,
          "events + worth * 2 / 4", f -> of(f, "events") + of(f, "worth") * 2 / 4,
          "(events + low) * 2", f -> (of(f, "events") + of(f, "low")) * 2,
          "ratio * (worth - low) + 0.5",
              f -> of(f, "ratio") * (of(f, "worth") - of(f, "low")) + 0.5);

  private static double of(Map<String, Double> figures, String name) {
    return figures.getOrDefault(name, Double.NaN);
  }

  private static double ratio(double a, double b) {
    return b == 0 ? Double.NaN : a / b;
  }

  /**
   * The figures of all measures: null, a Double, a String or a Histogram.
   *
   * @param seconds what a RATE is over
   */
  static List<@Nullable Object> figures(Query query, List<TestEvent> events, double seconds) {
    String zone = query.getTimeZone().isEmpty() ? "UTC" : query.getTimeZone();
    Map<String, Double> numbers = new HashMap<>();
    List<@Nullable Object> figures = new ArrayList<>();
    for (Measure measure : query.getMeasuresList()) {
      Object figure;
      if (measure.getFormula().isEmpty()) {
        figure = figure(measure, events, zone, seconds);
      } else {
        double result =
            Objects.requireNonNull(FORMULAS.get(measure.getFormula())).applyAsDouble(numbers);
        figure = Double.isNaN(result) ? null : (Double) result;
      }
      figures.add(figure);
      numbers.put(measure.getName(), figure instanceof Double number ? number : Double.NaN);
    }
    return figures;
  }

  private static @Nullable Object figure(
      Measure measure, List<TestEvent> all, String zone, double seconds) {
    List<TestEvent> events =
        measure.getWhere().isEmpty()
            ? all
            : all.stream().filter(event -> "purchase".equals(event.texts.get("type"))).toList();
    boolean rate = measure.getAggregation() == Measure.Aggregation.RATE;
    if (measure.getField().isEmpty()) {
      return rate ? rate(events.size(), seconds) : (Double) (double) events.size();
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
      case RATE -> rate(values.size(), seconds);
      case HISTOGRAM -> n == 0 ? null : histogram(measure.getEdgesList(), numbers);
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

  private static @Nullable Double rate(int count, double seconds) {
    return count == 0 || seconds <= 0 ? null : (Double) (count / seconds);
  }

  /** Of the default edges, the ones around the numbers that are not below 0. */
  private static Histogram histogram(List<Double> given, double[] numbers) {
    List<Double> edges = given;
    if (given.isEmpty()) {
      double top = Math.max(0, numbers[numbers.length - 1]);
      double bottom = Arrays.stream(numbers).filter(number -> number >= 0).min().orElse(1e14);
      List<Double> all = new ArrayList<>(List.of(0.0));
      for (int decade = -9; decade < 15; decade++) {
        for (String step : List.of("1e", "2e", "5e")) {
          all.add(Double.valueOf(step + decade));
        }
      }
      all.add(1e15);
      int first = (int) all.stream().filter(edge -> edge <= bottom).count() - 1;
      int last = (int) all.stream().filter(edge -> edge <= top).count();
      edges =
          numbers[numbers.length - 1] < 0
              ? all.subList(all.size() - 2, all.size())
              : all.subList(first, last + 1);
    }
    Histogram.Builder histogram = Histogram.newBuilder().addAllEdges(edges);
    for (int i = 0; i + 1 < edges.size(); i++) {
      histogram.addCounts(within(numbers, edges.get(i), edges.get(i + 1)));
    }
    return histogram
        .setUnderflow(within(numbers, Double.NEGATIVE_INFINITY, edges.getFirst()))
        .setOverflow(within(numbers, edges.getLast(), Double.POSITIVE_INFINITY))
        .build();
  }

  private static long within(double[] numbers, double from, double to) {
    return Arrays.stream(numbers).filter(number -> number >= from && number < to).count();
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
