package dev.millrace.server.query;

import dev.millrace.server.query.plan.Formula;
import java.util.function.ToIntFunction;

/**
 * Reads formulas: names of measures, numbers, {@code + - * /}, minus signs and parentheses. A name
 * is made of letters, digits, underscores and dots and doesn't begin with a digit.
 */
final class FormulaParser {
  private static final int LENGTH_MAX = 1_000;
  private static final int DEPTH_MAX = 50;

  private final String text;
  private final ToIntFunction<String> measures;
  private int at;
  private int depth;

  private FormulaParser(String text, ToIntFunction<String> measures) {
    this.text = text;
    this.measures = measures;
  }

  /**
   * Reads a formula.
   *
   * @param measures the place of a measure by its name; throws IllegalArgumentException for others
   * @throws IllegalArgumentException if it isn't one; the message says where
   */
  static Formula parse(String text, ToIntFunction<String> measures) {
    if (text.length() > LENGTH_MAX) {
      throw new IllegalArgumentException("has at most %,d characters".formatted(LENGTH_MAX));
    }
    FormulaParser parser = new FormulaParser(text, measures);
    Formula formula = parser.sum();
    if (parser.peek() != 0) {
      throw parser.error("an operator");
    }
    return formula;
  }

  private Formula sum() {
    Formula left = product();
    while (peek() == '+' || peek() == '-') {
      Formula.Operator operator =
          text.charAt(at++) == '+' ? Formula.Operator.PLUS : Formula.Operator.MINUS;
      left = new Formula.Operation(operator, left, product());
    }
    return left;
  }

  private Formula product() {
    Formula left = factor();
    while (peek() == '*' || peek() == '/') {
      Formula.Operator operator =
          text.charAt(at++) == '*' ? Formula.Operator.TIMES : Formula.Operator.DIVIDED_BY;
      left = new Formula.Operation(operator, left, factor());
    }
    return left;
  }

  private Formula factor() {
    char next = peek();
    if (++depth > DEPTH_MAX) {
      throw new IllegalArgumentException("is nested more than " + DEPTH_MAX + " deep");
    }
    Formula result;
    if (next == '-') {
      at++;
      result = new Formula.Operation(Formula.Operator.MINUS, new Formula.Constant(0), factor());
    } else if (next == '(') {
      at++;
      result = sum();
      if (peek() != ')') {
        throw error("a closing parenthesis");
      }
      at++;
    } else if (isDigit(next)) {
      result = number();
    } else if (Character.isLetter(next) || next == '_') {
      result = new Formula.Reference(measures.applyAsInt(name()));
    } else {
      throw error("the name of a measure or a number");
    }
    depth--;
    return result;
  }

  private Formula number() {
    int start = at;
    while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    try {
      return new Formula.Constant(Double.parseDouble(text.substring(start, at)));
    } catch (NumberFormatException _) {
      at = start;
      throw error("a number");
    }
  }

  private String name() {
    int start = at;
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '.';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** The next character that isn't a space; 0 at the end. */
  private char peek() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : 0;
  }

  private IllegalArgumentException error(String expected) {
    return new IllegalArgumentException("column %d: expected %s".formatted(at + 1, expected));
  }
}
