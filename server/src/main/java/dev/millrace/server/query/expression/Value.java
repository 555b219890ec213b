package dev.millrace.server.query.expression;

import java.util.List;

/** An expression that gives each event a value, or none. */
sealed interface Value {
  /**
   * The same value for all events.
   *
   * @param value a {@link Boolean}, {@link Double}, {@link String} or {@link List} of these
   */
  record Constant(Object value) implements Value {}

  /** What the event has in a field. */
  record FieldOf(Field field) implements Value {}

  /** The element that an enclosing {@code exists} or {@code all} is at. */
  record Element() implements Value {}

  /** Missing unless both sides are numbers and the result is finite. */
  record Arithmetic(Operator operator, Value left, Value right) implements Value {
    enum Operator {
      PLUS,
      MINUS,
      TIMES,
      DIVIDED_BY,
      MODULO
    }
  }

  /** Code points of a text, or elements of a list. */
  record Size(Value of) implements Value {}

  /** One value where a condition holds and another where it doesn't. */
  record Conditional(Predicate condition, Value then, Value otherwise) implements Value {}

  /** Whether a condition holds, which is never missing. */
  record Truth(Predicate predicate) implements Value {}

  /**
   * A point in time or a length of time, as {@code times * time + micros}: what sums and
   * differences of the event's time, timestamps and durations come to.
   *
   * @param times how often the event's time is in it
   * @param micros microseconds, since 1970 in a point in time
   * @param length whether it's a length of time
   */
  record Temporal(int times, long micros, boolean length) implements Value {}
}
