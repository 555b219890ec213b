package dev.millrace.server.query;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.query.expression.EventFilter;
import dev.millrace.server.query.expression.Field;
import dev.millrace.server.query.operator.Aggregates.Aggregation;
import dev.millrace.server.query.plan.Formula;
import dev.millrace.server.query.plan.Measure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns measure messages into checked measures. */
final class MeasureMapper {
  private static final int MEASURES_MAX = 50;
  private static final int NAME_LENGTH_MAX = 256;
  private static final int EDGES_MAX = 1_000;

  private static final Set<Aggregation> WITHOUT_FIELD = Set.of(Aggregation.COUNT, Aggregation.RATE);
  private static final Set<Aggregation> OF_TIMES =
      Set.of(Aggregation.COUNT, Aggregation.RATE, Aggregation.UNIQUE);

  private final dev.millrace.v1.Measure message;
  private final String path;

  private MeasureMapper(dev.millrace.v1.Measure message, String path) {
    this.message = message;
    this.path = path;
  }

  static List<Measure> measures(List<dev.millrace.v1.Measure> messages) {
    if (messages.isEmpty() || messages.size() > MEASURES_MAX) {
      throw new ApiException.InvalidArgument(
          "query.measures",
          "must hold from 1 to %d measures, found %d".formatted(MEASURES_MAX, messages.size()));
    }
    Map<String, Integer> places = new HashMap<>();
    List<MeasureMapper> mappers = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      MeasureMapper mapper = new MeasureMapper(messages.get(i), "query.measures[" + i + "]");
      mappers.add(mapper);
      if (places.putIfAbsent(mapper.name(), i) != null) {
        throw mapper.invalid("name", "'" + mapper.name() + "' is the name of another measure");
      }
    }
    List<Measure> measures = new ArrayList<>();
    for (int i = 0; i < mappers.size(); i++) {
      measures.add(mappers.get(i).measure(i, places, mappers));
    }
    return List.copyOf(measures);
  }

  /** Whether rows can be ordered by a measure. */
  static boolean ordered(Measure measure) {
    return !(measure instanceof Measure.OfEvents ofEvents)
        || ofEvents.aggregation() != Aggregation.HISTOGRAM;
  }

  private String name() {
    if (!message.getName().isEmpty()) {
      if (message.getName().length() > NAME_LENGTH_MAX) {
        throw invalid("name", "has at most %d characters".formatted(NAME_LENGTH_MAX));
      }
      return message.getName();
    }
    if (isFormula()) {
      throw invalid("name", "is missing; a formula needs one");
    }
    String aggregation = aggregation().name().toLowerCase(Locale.ROOT);
    return message.getField().isEmpty() ? aggregation : aggregation + "_" + message.getField();
  }

  private boolean isFormula() {
    return !message.getFormula().isEmpty();
  }

  private Measure measure(int place, Map<String, Integer> places, List<MeasureMapper> all) {
    if (isFormula()) {
      return new Measure.OfMeasures(name(), formula(place, places, all));
    }
    Aggregation aggregation = aggregation();
    EventFilter where = EventFilter.ofCel(message.getWhere(), path + ".where");
    return new Measure.OfEvents(
        name(), aggregation, field(aggregation), quantile(aggregation), edges(aggregation), where);
  }

  private Formula formula(int place, Map<String, Integer> places, List<MeasureMapper> all) {
    if (message.getAggregationValue() != 0
        || !message.getField().isEmpty()
        || !message.getWhere().isEmpty()) {
      throw invalid("formula", "goes without aggregation, field and where");
    }
    try {
      return FormulaParser.parse(
          message.getFormula(),
          name -> {
            Integer other = places.get(name);
            if (other == null || (other >= place && all.get(other).isFormula())) {
              throw new IllegalArgumentException(
                  "'" + name + "' is neither a measure made from events nor an earlier formula");
            }
            return other;
          });
    } catch (IllegalArgumentException e) {
      throw invalid("formula", String.valueOf(e.getMessage()));
    }
  }

  private Aggregation aggregation() {
    return switch (message.getAggregation()) {
      case AGGREGATION_UNSPECIFIED, COUNT -> Aggregation.COUNT;
      case SUM -> Aggregation.SUM;
      case AVG -> Aggregation.AVG;
      case MIN -> Aggregation.MIN;
      case MAX -> Aggregation.MAX;
      case STDDEV -> Aggregation.STDDEV;
      case RATE -> Aggregation.RATE;
      case UNIQUE -> Aggregation.UNIQUE;
      case QUANTILE -> Aggregation.QUANTILE;
      case HISTOGRAM -> Aggregation.HISTOGRAM;
      case FIRST -> Aggregation.FIRST;
      case LAST -> Aggregation.LAST;
      case UNRECOGNIZED -> throw invalid("aggregation", "isn't one of the known ones");
    };
  }

  private @Nullable Field field(Aggregation aggregation) {
    if (message.getField().isEmpty()) {
      if (!WITHOUT_FIELD.contains(aggregation)) {
        throw invalid("field", "is missing; %s is of a field".formatted(aggregation));
      }
      return null;
    }
    Field field = QueryMapper.field(message.getField(), path + ".field");
    if (field instanceof Field.Time && !OF_TIMES.contains(aggregation)) {
      throw invalid(
          "field",
          "can't be time, which isn't a number; of times there are COUNT, RATE and UNIQUE");
    }
    return field;
  }

  private double quantile(Aggregation aggregation) {
    double quantile = message.getQuantile();
    if (aggregation == Aggregation.QUANTILE ? !(quantile >= 0 && quantile <= 1) : quantile != 0) {
      throw invalid("quantile", "must be from 0 to 1, and belongs to QUANTILE only");
    }
    return quantile;
  }

  private List<Double> edges(Aggregation aggregation) {
    List<Double> edges = message.getEdgesList();
    if (edges.isEmpty()) {
      return List.of();
    }
    boolean ascending = edges.size() >= 2 && edges.size() <= EDGES_MAX;
    for (int i = 0; i < edges.size(); i++) {
      ascending &= Double.isFinite(edges.get(i)) && (i == 0 || edges.get(i - 1) < edges.get(i));
    }
    if (!ascending || aggregation != Aggregation.HISTOGRAM) {
      throw invalid(
          "edges",
          "must be from 2 to %,d numbers, ascending, and belong to HISTOGRAM only"
              .formatted(EDGES_MAX));
    }
    return List.copyOf(edges);
  }

  private ApiException.InvalidArgument invalid(String field, String description) {
    return new ApiException.InvalidArgument(path + "." + field, description);
  }
}
