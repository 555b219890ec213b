package dev.millrace.server.event.json;

import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventTime;
import dev.millrace.server.event.RejectReason;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Reads times as people write them; see {@link CollectDecoder}. */
final class CollectTime {
  /** Less than a microsecond in any unit. */
  private static final double TINY = 1e-9;

  private static final double SECONDS_BELOW = 1e11;
  private static final double MILLIS_BELOW = 1e14;
  private static final double MICROS_BELOW = 1e17;
  private static final double NANOS_BELOW = 1e20;

  private CollectTime() {}

  /**
   * The time at the current token.
   *
   * @return microseconds since 1970
   * @throws BrokenEvent with TIME_INVALID
   */
  static long micros(JsonInput input) {
    JsonToken token = input.parser().currentToken();
    String text = input.text();
    if (token.isNumeric()) {
      return sinceEpoch(text, input);
    }
    if (token != JsonToken.VALUE_STRING) {
      throw invalid(input);
    }
    return JsonNumbers.isNumber(text) && isPlain(text)
        ? sinceEpoch(text, input)
        : Rfc3339.parseLenient(text);
  }

  /** Whether a text is digits with at most one sign before and one point between, so no date. */
  private static boolean isPlain(String text) {
    return text.lastIndexOf('-') <= 0 && text.indexOf('+') < 0;
  }

  private static long sinceEpoch(String text, JsonInput input) {
    double about;
    try {
      about = Math.abs(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw invalid(input);
    }
    if (!(about < NANOS_BELOW)) {
      throw invalid(input);
    }
    int shift =
        about < SECONDS_BELOW ? 6 : about < MILLIS_BELOW ? 3 : about < MICROS_BELOW ? 0 : -3;
    // Exact: a double of seconds can't hold every microsecond.
    BigDecimal micros = about < TINY ? BigDecimal.ZERO : new BigDecimal(text).movePointRight(shift);
    long whole = micros.setScale(0, RoundingMode.FLOOR).longValueExact();
    if (!EventTime.inRange(whole)) {
      throw invalid(input);
    }
    return whole;
  }

  private static BrokenEvent invalid(JsonInput input) {
    return new BrokenEvent(
        RejectReason.TIME_INVALID,
        "",
        "found %s, expected ISO 8601 or a number of seconds, milli-, micro- or nanoseconds since 1970"
            .formatted(input.found()));
  }
}
