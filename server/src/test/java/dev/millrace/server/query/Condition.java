package dev.millrace.server.query;

import com.google.protobuf.Value;
import dev.millrace.v1.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A random condition in both languages, with its plain meaning. */
sealed interface Condition {
  String cel();

  Filter filter();

  boolean holds(TestEvent event, String zone);

  List<String> FIELDS =
      List.of(
          "type",
          "user_id",
          "session_id",
          "value",
          "tags",
          "properties.mixed",
          "mixed",
          "amount",
          "properties.geo.country",
          "hour_of_day",
          "day_of_week",
          "date",
          "is_conversion",
          "is_high_value",
          "properties.never",
          "country",
          "event_id");

  static Condition random(Random random, int depth) {
    int form = depth == 0 ? 0 : random.nextInt(5);
    return switch (form) {
      case 1, 2 -> {
        List<Condition> parts = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
          parts.add(random(random, depth - 1));
        }
        yield new Several(form == 1, parts);
      }
      case 3 -> new Negated(random(random, depth - 1));
      default -> Test.random(random);
    };
  }

  record Several(boolean all, List<Condition> parts) implements Condition {
    @Override
    public String cel() {
      return parts.stream()
          .map(Condition::cel)
          .collect(Collectors.joining(all ? " && " : " || ", "(", ")"));
    }

    @Override
    public Filter filter() {
      List<Filter> filters = parts.stream().map(Condition::filter).toList();
      return all
          ? Filter.newBuilder().addAllAll(filters).build()
          : Filter.newBuilder().addAllAny(filters).build();
    }

    @Override
    public boolean holds(TestEvent event, String zone) {
      return all
          ? parts.stream().allMatch(part -> part.holds(event, zone))
          : parts.stream().anyMatch(part -> part.holds(event, zone));
    }
  }

  record Negated(Condition part) implements Condition {
    @Override
    public String cel() {
      return "!(" + part.cel() + ")";
    }

    @Override
    public Filter filter() {
      return Filter.newBuilder().setNot(part.filter()).build();
    }

    @Override
    public boolean holds(TestEvent event, String zone) {
      return !part.holds(event, zone);
    }
  }

  record Test(String field, Filter.Op op, Object value) implements Condition {
    static Test random(Random random) {
      String field = FIELDS.get(random.nextInt(FIELDS.size()));
      Filter.Op op = Filter.Op.forNumber(random.nextInt(14));
      return new Test(field, op, value(random, op));
    }

    private static Object value(Random random, Filter.Op op) {
      return switch (op) {
        case IN, NOT_IN -> List.of(scalar(random), scalar(random), scalar(random));
        case STARTS_WITH, ENDS_WITH, MATCHES ->
            List.of("a", "p", "6", "u", "U").get(random.nextInt(5));
        case EXISTS -> random.nextBoolean();
        default -> scalar(random);
      };
    }

    private static Object scalar(Random random) {
      return switch (random.nextInt(5)) {
        case 0 -> random.nextBoolean();
        case 1 -> 6.0;
        case 2 -> RandomEvents.number(random);
        default ->
            List.of(
                    "6",
                    "a",
                    "view",
                    "purchase",
                    "u1",
                    "DE",
                    "SUNDAY",
                    "2025-10-26",
                    "\uFFFD",
                    "🌍")
                .get(random.nextInt(10));
      };
    }

    @Override
    public Filter filter() {
      Value message =
          ProtoValues.value(value instanceof List<?> list ? new ArrayList<Object>(list) : value);
      return Filter.newBuilder().setField(field).setOp(op).setValue(message).build();
    }

    @Override
    public String cel() {
      String literal = literal(value);
      return switch (op) {
        case OP_UNSPECIFIED, EQ -> field + " == " + literal;
        case NEQ -> field + " != " + literal;
        case GT -> field + " > " + literal;
        case GTE -> literal + " <= " + field;
        case LT -> field + " < " + literal;
        case LTE -> field + " <= " + literal;
        case IN -> field + " in " + literal;
        case NOT_IN -> "(has(" + field + ") && !(" + field + " in " + literal + "))";
        case CONTAINS ->
            value instanceof String
                ? "(" + field + ".contains(" + literal + ") || " + literal + " in " + field + ")"
                : literal + " in " + field;
        case STARTS_WITH -> field + ".startsWith(" + literal + ")";
        case ENDS_WITH -> field + ".endsWith(" + literal + ")";
        case MATCHES -> field + ".matches(" + literal + ")";
        case EXISTS -> (value.equals(true) ? "" : "!") + "has(" + field + ")";
        case UNRECOGNIZED -> throw new IllegalStateException();
      };
    }

    private static String literal(Object value) {
      if (value instanceof List<?> list) {
        return list.stream().map(Test::literal).collect(Collectors.joining(", ", "[", "]"));
      }
      return value instanceof String text ? "'" + text + "'" : value.toString();
    }

    @Override
    public boolean holds(TestEvent event, String zone) {
      Object found = Oracle.field(event, field, zone);
      if (op == Filter.Op.EXISTS) {
        return value.equals(found != null);
      }
      return found != null && holds(found);
    }

    private boolean holds(Object found) {
      return switch (op) {
        case OP_UNSPECIFIED, EQ -> found.equals(value);
        case NEQ -> !found.equals(value);
        case GT, GTE, LT, LTE -> {
          Integer order = order(found, value);
          yield order != null
              && switch (op) {
                case GT -> order > 0;
                case GTE -> order >= 0;
                case LT -> order < 0;
                default -> order <= 0;
              };
        }
        case IN -> ((List<?>) value).contains(found);
        case NOT_IN -> !((List<?>) value).contains(found);
        case CONTAINS ->
            found instanceof List<?> list
                ? list.contains(value)
                : found instanceof String text
                    && value instanceof String part
                    && text.contains(part);
        case STARTS_WITH -> found instanceof String text && text.startsWith((String) value);
        case ENDS_WITH -> found instanceof String text && text.endsWith((String) value);
        case MATCHES -> found instanceof String text && text.contains((String) value);
        case EXISTS, UNRECOGNIZED -> throw new IllegalStateException();
      };
    }

    private static @Nullable Integer order(Object a, Object b) {
      if (a instanceof Double x && b instanceof Double y) {
        return Double.compare(x, y);
      }
      if (a instanceof Boolean x && b instanceof Boolean y) {
        return Boolean.compare(x, y);
      }
      return a instanceof String x && b instanceof String y ? Oracle.codePoints(x, y) : null;
    }
  }
}
