package dev.millrace.server.query.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.millrace.server.query.time.Micros;
import dev.millrace.server.query.vector.Comparison;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * Makes conditions, checking what can be known about the kinds of their parts. Shared by the two
 * languages that conditions are written in, so that they mean the same.
 *
 * <p>Errors are {@link IllegalArgumentException}s that say what is allowed.
 */
final class Conditions {
  /** How often the event's time may be in a sum, which keeps products within a long. */
  private static final int TIMES_MAX = 4;

  private static final int PATTERN_LENGTH_MAX = 1_000;
  private static final int PATTERN_REPEAT_MAX = 1_000;

  private Conditions() {}

  static Predicate compare(Comparison comparison, Value left, Value right) {
    if (left instanceof Value.Temporal || right instanceof Value.Temporal) {
      return compareTimes(comparison, temporal(left), temporal(right));
    }
    if (comparison.ordering() && (isList(left) || isList(right))) {
      throw new IllegalArgumentException("lists have no order, they compare with == and != only");
    }
    return new Predicate.Compare(comparison, left, right);
  }

  private static boolean isList(Value value) {
    return value instanceof Value.Constant constant && constant.value() instanceof List<?>;
  }

  private static Predicate compareTimes(
      Comparison comparison, Value.Temporal left, Value.Temporal right) {
    Value.Temporal difference = subtract(left, right);
    if (left.length() != right.length()) {
      throw new IllegalArgumentException(
          "a time compares with times, a length of time with lengths of time");
    }
    if (difference.times() == 0) {
      return new Predicate.Always(comparison.holds(Long.signum(difference.micros())));
    }
    return new Predicate.CompareTime(comparison, difference.times(), difference.micros());
  }

  /** A point or length of time; texts beside times are read as timestamps. */
  private static Value.Temporal temporal(Value value) {
    if (value instanceof Value.Temporal temporal) {
      return temporal;
    }
    if (value instanceof Value.Constant(String text)) {
      return timestamp(text);
    }
    throw new IllegalArgumentException(
        "time compares with times only, such as timestamp(\"2026-01-15T10:30:00Z\")");
  }

  static Value.Temporal timestamp(String text) {
    try {
      Instant instant = OffsetDateTime.parse(text).toInstant();
      if (instant.isBefore(Instant.parse("0001-01-01T00:00:00Z"))
          || !instant.isBefore(Instant.parse("+10000-01-01T00:00:00Z"))) {
        throw new IllegalArgumentException(
            "a time is within the years 1 to 9999, found '" + text + "'");
      }
      return new Value.Temporal(0, Micros.of(instant), false);
    } catch (DateTimeParseException _) {
      throw new IllegalArgumentException(
          "not a time as in 2026-01-15T10:30:00Z or 2026-01-15T11:30:00+01:00: '"
              + cut(text)
              + "'");
    }
  }

  static Value arithmetic(Value.Arithmetic.Operator operator, Value left, Value right) {
    if (left instanceof Value.Temporal a && right instanceof Value.Temporal b) {
      return switch (operator) {
        case PLUS -> add(a, b);
        case MINUS -> subtract(a, b);
        case TIMES, DIVIDED_BY, MODULO ->
            throw new IllegalArgumentException("times can be added and subtracted only");
      };
    }
    if (!canBeNumber(left) || !canBeNumber(right)) {
      throw new IllegalArgumentException("arithmetic is on numbers, or on times and durations");
    }
    return new Value.Arithmetic(operator, left, right);
  }

  private static boolean canBeNumber(Value value) {
    return switch (value) {
      case Value.Constant constant -> constant.value() instanceof Double;
      case Value.Temporal _, Value.Truth _ -> false;
      case Value.FieldOf _,
          Value.Element _,
          Value.Arithmetic _,
          Value.Size _,
          Value.Conditional _ ->
          true;
    };
  }

  private static Value.Temporal add(Value.Temporal a, Value.Temporal b) {
    if (!a.length() && !b.length()) {
      throw new IllegalArgumentException("two points in time can't be added");
    }
    return sum(a, b, 1, a.length() && b.length());
  }

  private static Value.Temporal subtract(Value.Temporal a, Value.Temporal b) {
    if (a.length() && !b.length()) {
      throw new IllegalArgumentException("a time can't be subtracted from a length of time");
    }
    return sum(a, b, -1, a.length() == b.length());
  }

  private static Value.Temporal sum(Value.Temporal a, Value.Temporal b, int sign, boolean length) {
    int times = a.times() + sign * b.times();
    try {
      long micros = Math.addExact(a.micros(), sign * b.micros());
      if (Math.abs(times) <= TIMES_MAX && Math.abs(micros) <= Long.MAX_VALUE / 4) {
        return new Value.Temporal(times, micros, length);
      }
    } catch (ArithmeticException _) {
      // Told below.
    }
    throw new IllegalArgumentException("the times come to more than can be reckoned with");
  }

  static Predicate in(Value value, List<Object> listed) {
    if (value instanceof Value.Temporal) {
      Predicate any = new Predicate.Always(false);
      for (Object each : listed) {
        any = new Predicate.Or(any, compare(Comparison.EQUAL, value, new Value.Constant(each)));
      }
      return any;
    }
    return new Predicate.In(value, List.copyOf(listed));
  }

  static Predicate textMatch(Predicate.TextRelation relation, Value text, Value part) {
    if (!canBeText(text) || !canBeText(part)) {
      throw new IllegalArgumentException("texts only can be searched, and for texts only");
    }
    return new Predicate.TextMatch(relation, text, part);
  }

  private static boolean canBeText(Value value) {
    return switch (value) {
      case Value.Constant constant -> constant.value() instanceof String;
      case Value.FieldOf _, Value.Element _, Value.Conditional _ -> true;
      case Value.Temporal _, Value.Truth _, Value.Arithmetic _, Value.Size _ -> false;
    };
  }

  static Predicate matches(Value text, String pattern) {
    if (!canBeText(text)) {
      throw new IllegalArgumentException("texts only can be matched");
    }
    if (pattern.length() > PATTERN_LENGTH_MAX || repeats(pattern) > PATTERN_REPEAT_MAX) {
      throw new IllegalArgumentException(
          "a pattern has at most %,d characters, and its counted repetitions multiply to at most %,d"
              .formatted(PATTERN_LENGTH_MAX, PATTERN_REPEAT_MAX));
    }
    try {
      return new Predicate.Matches(text, Pattern.compile(pattern));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not a regular expression of RE2: " + e.getMessage());
    }
  }

  /**
   * The product of all counts in braces, which bounds what nested repetitions grow a pattern to.
   */
  private static double repeats(String pattern) {
    double product = 1;
    for (int open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', open + 1)) {
      int largest = 1;
      int number = 0;
      for (int i = open + 1; i < pattern.length() && pattern.charAt(i) != '}'; i++) {
        char c = pattern.charAt(i);
        number = c >= '0' && c <= '9' ? Math.min(number * 10 + (c - '0'), 100_000) : 0;
        largest = Math.max(largest, number);
      }
      product *= largest;
    }
    return product;
  }

  static Predicate present(Value value) {
    return value instanceof Value.Temporal
        ? new Predicate.Always(true)
        : new Predicate.Present(value);
  }

  static Value field(Field field) {
    return field instanceof Field.Time ? new Value.Temporal(1, 0, false) : new Value.FieldOf(field);
  }

  /** A text for a message, cut if it is long. */
  static String cut(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
