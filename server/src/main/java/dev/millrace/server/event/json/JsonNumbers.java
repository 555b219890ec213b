package dev.millrace.server.event.json;

import com.fasterxml.jackson.core.JsonToken;
import java.math.BigDecimal;

/** Numbers as proto3 JSON lets them come: as numbers or as texts. */
final class JsonNumbers {
  /** Long enough for every 64-bit number in every notation that anyone uses. */
  private static final int CHARACTERS_MAX = 64;

  private JsonNumbers() {}

  /**
   * The 64-bit integer at the current token.
   *
   * @throws NumberFormatException if it isn't one
   */
  static long integer(JsonInput input) {
    JsonToken token = input.parser().currentToken();
    if (token != JsonToken.VALUE_STRING
        && token != JsonToken.VALUE_NUMBER_INT
        && token != JsonToken.VALUE_NUMBER_FLOAT) {
      throw new NumberFormatException();
    }
    String text = input.text();
    if (text.length() > CHARACTERS_MAX) {
      throw new NumberFormatException();
    }
    BigDecimal number = new BigDecimal(text);
    try {
      return number.longValueExact();
    } catch (ArithmeticException e) {
      throw new NumberFormatException();
    }
  }

  /**
   * A double in the notation of JSON, or one of the three names that proto3 JSON has for what isn't
   * finite.
   *
   * @throws NumberFormatException if it isn't one
   */
  static double parseDouble(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> {
        if (!isNumber(text)) {
          throw new NumberFormatException();
        }
        yield Double.parseDouble(text);
      }
    };
  }

  /** Whether a text is a number in the notation of JSON; Java's own parser takes more. */
  static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean allowed =
          (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
      if (!allowed) {
        return false;
      }
    }
    return !text.isEmpty();
  }
}
