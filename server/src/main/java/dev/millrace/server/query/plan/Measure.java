package dev.millrace.server.query.plan;

import dev.millrace.server.query.expression.EventFilter;
import dev.millrace.server.query.expression.Field;
import dev.millrace.server.query.operator.Aggregate;
import dev.millrace.server.query.operator.Aggregates;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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

    private Aggregate aggregate() {
      double[] edgeArray = edges.stream().mapToDouble(Double::doubleValue).toArray();
      return Aggregates.of(aggregation, field != null, quantile, edgeArray);
    }

    private boolean sharesNumbers(OfEvents other) {
      return aggregation == Aggregates.Aggregation.QUANTILE
          && other.aggregation == aggregation
          && Objects.equals(field, other.field)
          && where.equals(other.where);
    }
  }

  /**
   * Aggregates without cells by measure, null for those that are formulas. Quantiles of the same
   * numbers share them.
   */
  static List<@Nullable Aggregate> aggregates(List<Measure> measures) {
    List<@Nullable Aggregate> aggregates = new ArrayList<>();
    for (Measure measure : measures) {
      aggregates.add(measure instanceof OfEvents of ? aggregate(of, measures, aggregates) : null);
    }
    return aggregates;
  }

  private static Aggregate aggregate(
      OfEvents of, List<Measure> measures, List<@Nullable Aggregate> before) {
    for (int i = 0; i < before.size(); i++) {
      Aggregate other = before.get(i);
      if (other != null
          && measures.get(i) instanceof OfEvents measure
          && of.sharesNumbers(measure)) {
        return Aggregates.sharing(other, of.quantile);
      }
    }
    return of.aggregate();
  }

  /** Made from other measures. */
  record OfMeasures(String name, Formula formula) implements Measure {}
}
