package dev.millrace.server.query.plan;

import dev.millrace.server.query.expression.EventFilter;
import dev.millrace.server.query.expression.Field;
import dev.millrace.server.query.operator.Aggregate;
import dev.millrace.server.query.operator.Aggregates;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A figure to compute. */
public sealed interface Measure {
  /** The name in the answer. */
  String name();

  /**
   * Made from events.
   *
   * @param field what it is made of; null for all events
   * @param quantile of a QUANTILE, 0 to 1
   * @param edges of a HISTOGRAM, ascending; empty for the default ones
   * @param where what events must meet to count
   */
  record OfEvents(
      String name,
      Aggregates.Aggregation aggregation,
      @Nullable Field field,
      double quantile,
      List<Double> edges,
      EventFilter where)
      implements Measure {

    Aggregate aggregate() {
      double[] edgeArray = edges.stream().mapToDouble(Double::doubleValue).toArray();
      return Aggregates.of(aggregation, field != null, quantile, edgeArray);
    }
  }

  /** Made from other measures. */
  record OfMeasures(String name, Formula formula) implements Measure {}
}
