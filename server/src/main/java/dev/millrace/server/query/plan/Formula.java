package dev.millrace.server.query.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arithmetic over measures. Absent where a part is, or where it divides by zero. */
public sealed interface Formula {
  /** The same number always. */
  record Constant(double value) implements Formula {}

  /**
   * The figure of a measure.
   *
   * @param index its place among the measures
   */
  record Reference(int index) implements Formula {}

  /** Two parts put together. */
  record Operation(Operator operator, Formula left, Formula right) implements Formula {
    private @Nullable Double apply(double a, double b) {
      double result =
          switch (operator) {
            case PLUS -> a + b;
            case MINUS -> a - b;
            case TIMES -> a * b;
            case DIVIDED_BY -> a / b;
          };
      return Double.isFinite(result) ? result : null;
    }
  }

  /** How two parts are put together. */
  enum Operator {
    PLUS,
    MINUS,
    TIMES,
    DIVIDED_BY
  }

  /** The result, given the numbers of the measures; null if absent. */
  default @Nullable Double evaluate(List<@Nullable Double> measures) {
    return switch (this) {
      case Constant constant -> constant.value();
      case Reference reference -> measures.get(reference.index());
      case Operation operation -> {
        Double left = operation.left().evaluate(measures);
        Double right = operation.right().evaluate(measures);
        yield left == null || right == null ? null : operation.apply(left, right);
      }
    };
  }
}
