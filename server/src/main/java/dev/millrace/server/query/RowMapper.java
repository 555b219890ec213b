package dev.millrace.server.query;

import dev.millrace.server.query.operator.Figure;
import dev.millrace.server.query.plan.QuerySpec;
import dev.millrace.server.query.plan.ResultRow;
import dev.millrace.v1.Bounds;
import dev.millrace.v1.Histogram;
import dev.millrace.v1.Row;

/** Turns rows into messages. */
final class RowMapper {
  private RowMapper() {}

  static Row row(QuerySpec spec, ResultRow row) {
    Row.Builder message = Row.newBuilder().setPartial(row.partial()).setOthers(row.others());
    Long bucket = row.bucket();
    if (bucket != null) {
      message.setTime(ProtoValues.timestamp(bucket));
    }
    for (int i = 0; i < row.keys().size(); i++) {
      message.putDimensions(spec.groupNames().get(i), ProtoValues.value(row.keys().get(i)));
    }
    for (int i = 0; i < row.figures().size(); i++) {
      put(message, spec.measures().get(i).name(), row.figures().get(i));
    }
    for (int i = 0; i < row.previous().size(); i++) {
      Double number = row.previous().get(i).number();
      if (number != null) {
        message.putPrevious(spec.measures().get(i).name(), number);
      }
    }
    return message.build();
  }

  private static void put(Row.Builder message, String name, Figure figure) {
    switch (figure.value()) {
      case null -> {}
      case Double number -> message.putValues(name, number);
      case String text -> message.putTexts(name, text);
      case Figure.Histogram histogram -> message.putHistograms(name, histogram(histogram));
      default -> throw new IllegalStateException("not a figure: " + figure);
    }
    Figure.Bounds bounds = figure.bounds();
    if (bounds != null) {
      message.putBounds(name, bounds(bounds));
    }
  }

  static Bounds bounds(Figure.Bounds bounds) {
    return Bounds.newBuilder().setLower(bounds.lower()).setUpper(bounds.upper()).build();
  }

  private static Histogram histogram(Figure.Histogram histogram) {
    return Histogram.newBuilder()
        .addAllEdges(histogram.edges())
        .addAllCounts(histogram.counts())
        .setUnderflow(histogram.underflow())
        .setOverflow(histogram.overflow())
        .build();
  }
}
