package dev.millrace.server.query.expression;

import com.google.re2j.Pattern;
import dev.millrace.server.query.vector.Comparison;
import java.util.List;

/** A condition that holds for an event or doesn't; nothing between. */
sealed interface Predicate {
  record Always(boolean holds) implements Predicate {}

  record And(Predicate left, Predicate right) implements Predicate {}

  record Or(Predicate left, Predicate right) implements Predicate {}

  record Not(Predicate of) implements Predicate {}

  /** Whether there is a value; a null is none. */
  record Present(Value of) implements Predicate {}

  /** Whether a value is the boolean true. */
  record IsTrue(Value of) implements Predicate {}

  record Compare(Comparison comparison, Value left, Value right) implements Predicate {}

  /** Compares {@code times * time + micros} with 0. */
  record CompareTime(Comparison comparison, int times, long micros) implements Predicate {}

  /** Whether a value equals one of those listed. */
  record In(Value value, List<Object> listed) implements Predicate {}

  /** Whether a list has a value. */
  record Has(Value list, Value value) implements Predicate {}

  /** How a text relates to another. */
  enum TextRelation {
    CONTAINS,
    STARTS_WITH,
    ENDS_WITH
  }

  record TextMatch(TextRelation relation, Value text, Value part) implements Predicate {}

  /** Whether a regular expression finds a match in a text. */
  record Matches(Value text, Pattern pattern) implements Predicate {}

  /** Whether a condition on the elements of a list holds for all of them, or for one at least. */
  record Elements(Value list, boolean all, Predicate condition) implements Predicate {}
}
