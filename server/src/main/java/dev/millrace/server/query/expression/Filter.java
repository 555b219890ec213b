package dev.millrace.server.query.expression;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A condition as a typed tree. */
public sealed interface Filter {
  /** Conditions that must all hold. */
  record All(List<Filter> parts) implements Filter {}

  /** Conditions of which one must hold. */
  record Any(List<Filter> parts) implements Filter {}

  /** A condition that must not hold. */
  record Not(Filter part) implements Filter {}

  /**
   * A field compared with a value.
   *
   * @param value null, a {@link Boolean}, {@link Double}, {@link String} or a {@link List} of these
   */
  record Test(String field, Op op, @Nullable Object value) implements Filter {}

  /** More than one form at once, or none; refused when compiled. */
  record Malformed(String problem) implements Filter {}

  /** How a field is compared. */
  enum Op {
    EQ,
    NEQ,
    GT,
    GTE,
    LT,
    LTE,
    IN,
    NOT_IN,
    CONTAINS,
    STARTS_WITH,
    ENDS_WITH,
    MATCHES,
    EXISTS,
    /** A number this version has no name for. */
    UNKNOWN
  }
}
