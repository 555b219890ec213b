package dev.millrace.server.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.millrace.v1.Bounds;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryResponse;
import dev.millrace.v1.QueryServiceGrpc;
import dev.millrace.v1.Row;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Holds a server's answers against those computed independently of Millrace. */
final class Answers {
  private static final Splitter DOTS = Splitter.on('.');

  static final String COUNT = "{name:'n'}";

  private static final double RELATIVE = 1e-12;

  private final JsonNode expected;
  private final ManagedChannel channel;
  private final String project;

  Answers(Path answers, ManagedChannel channel, String project) {
    try {
      this.expected = new ObjectMapper().readTree(answers.toFile());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    this.channel = channel;
    this.project = project;
  }

  /** The count of events that meet a condition is the number under a name. */
  Answers count(String name, String where) {
    return total(name, COUNT, where);
  }

  /** The measure of an aggregation over a field. */
  static String measure(String aggregation, String field) {
    return "{name:'n',aggregation:" + aggregation + ",field:'" + field + "'}";
  }

  /** A quantile over a field. */
  static String quantile(double quantile, String field) {
    return "{name:'n',aggregation:QUANTILE,quantile:" + quantile + ",field:'" + field + "'}";
  }

  /**
   * A figure over the events that meet a condition is the number at a path such as {@code
   * added.mean}.
   */
  Answers total(String path, String measure, String where) {
    Row row = ask("measures:[" + measure + "]" + where(where)).getRows(0);
    assertFigure(path, row, at(path).asDouble());
    return this;
  }

  /** The figures by group are those of an object. */
  Answers groups(String name, String measure, String field, String where) {
    QueryResponse answer =
        ask("measures:[" + measure + "],groupBy:['" + field + "']" + where(where));
    Map<String, Row> rows = new LinkedHashMap<>();
    answer.getRowsList().forEach(row -> rows.put(key(row, field), row));
    JsonNode groups = at(name);
    int positive = 0;
    for (Map.Entry<String, JsonNode> group : groups.properties()) {
      String key = group.getKey();
      if (field.equals("hour_of_day")) {
        key = Integer.toString(Integer.parseInt(key));
      }
      Row row = rows.get(key);
      assertThat(row).as("%s: %s in %s", name, key, rows.keySet()).isNotNull();
      assertFigure(name + "." + key, row, group.getValue().asDouble());
      positive++;
    }
    assertThat(rows).as(name).hasSize(positive);
    return this;
  }

  /**
   * The figures by bucket are those of an object whose keys are the buckets' starts; others are 0.
   */
  Answers buckets(String name, String measure, String every, String pattern) {
    QueryResponse answer = ask("measures:[" + measure + "],bucket:{every:'" + every + "'}");
    DateTimeFormatter format = DateTimeFormatter.ofPattern(pattern).withZone(ZoneOffset.UTC);
    int matched = 0;
    for (Row row : answer.getRowsList()) {
      JsonNode figure = at(name).get(format.format(instant(row)));
      assertFigure(name + " " + instant(row), row, figure == null ? 0 : figure.asDouble());
      matched += figure == null ? 0 : 1;
    }
    assertThat(matched).as(name).isEqualTo(at(name).size());
    return this;
  }

  /** The largest groups are those of a list of pairs, in its order. */
  Answers top(String name, String measure, String field, String where) {
    QueryResponse answer =
        ask(
            "measures:["
                + measure
                + "],groupBy:['"
                + field
                + "'],orderBy:[{by:'n',descending:true}],limit:"
                + at(name).size()
                + where(where));
    List<String> found = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    for (int i = 0; i < answer.getRowsCount(); i++) {
      found.add(key(answer.getRows(i), field));
      wanted.add(at(name).get(i).get(0).asText());
      double figure = at(name).get(i).get(1).asDouble();
      // The list was rounded to cents where it holds money.
      assertThat(answer.getRows(i).getValuesOrThrow("n")).as(name).isCloseTo(figure, within(0.006));
    }
    assertThat(found).as(name).isEqualTo(wanted);
    assertThat(answer.getRowsCount()).as(name).isEqualTo(at(name).size());
    return this;
  }

  private static void assertFigure(String name, Row row, double wanted) {
    double found = row.getValuesOrThrow("n");
    Bounds bounds = row.getBoundsMap().get("n");
    if (bounds == null) {
      double tolerance = Math.max(Math.abs(wanted) * RELATIVE, Math.ulp(wanted));
      assertThat(found).as(name).isCloseTo(wanted, within(tolerance));
    } else {
      assertThat(wanted)
          .as("%s, estimated %s", name, found)
          .isBetween(bounds.getLower(), bounds.getUpper());
    }
  }

  private JsonNode at(String path) {
    JsonNode node = expected;
    for (String key : DOTS.split(path)) {
      node = node.required(key);
    }
    return node;
  }

  private static Instant instant(Row row) {
    return Instant.ofEpochSecond(row.getTime().getSeconds(), row.getTime().getNanos());
  }

  private static String key(Row row, String field) {
    Value value = row.getDimensionsOrThrow(field);
    return switch (value.getKindCase()) {
      case NULL_VALUE -> "-";
      case NUMBER_VALUE -> Long.toString((long) value.getNumberValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      default -> value.getStringValue();
    };
  }

  private static String where(String where) {
    return where.isEmpty() ? "" : ",where:\"" + where + "\"";
  }

  private QueryResponse ask(String query) {
    QueryRequest.Builder request = QueryRequest.newBuilder().setProject(project);
    try {
      JsonFormat.parser().merge("{query:{" + query + "}}", request);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(query, e);
    }
    return QueryServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .query(request.build());
  }
}
