package dev.millrace.server.event.json;

import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventTime;
import dev.millrace.server.event.RejectReason;
import java.time.DateTimeException;
import java.time.LocalDate;

/**
 * Reads times such as {@code 2026-01-15T10:30:00.25+01:00}. What is finer than a microsecond is cut
 * off.
 *
 * <p>The lenient form also takes a space or a small {@code t} for the {@code T}, a time without
 * seconds, a bare date (its midnight), an offset without colon or minutes, and no offset at all
 * (UTC).
 */
final class Rfc3339 {
  private final String text;
  private final boolean lenient;
  private int at;

  private Rfc3339(String text, boolean lenient) {
    this.text = text;
    this.lenient = lenient;
  }

  /**
   * @return microseconds since 1970
   * @throws BrokenEvent with TIME_INVALID
   */
  static long parse(String text) {
    return new Rfc3339(text, false).parse();
  }

  /** Like {@link #parse}, in the lenient form. */
  static long parseLenient(String text) {
    return new Rfc3339(text.strip(), true).parse();
  }

  private long parse() {
    try {
      int year = digits(4);
      expect('-');
      int month = digits(2);
      expect('-');
      long day = LocalDate.of(year, month, digits(2)).toEpochDay();
      if (lenient && at == text.length()) {
        return EventTime.micros(day * 86_400, 0);
      }
      separator();
      long seconds = day * 86_400 + bounded(digits(2), 23) * 3_600L;
      expect(':');
      seconds += bounded(digits(2), 59) * 60L;
      if (!lenient || peek() == ':') {
        expect(':');
        seconds += bounded(digits(2), 59);
      }
      int nanos = fraction();
      seconds -= offset();
      if (at != text.length()) {
        throw invalid();
      }
      return EventTime.micros(seconds, nanos);
    } catch (DateTimeException e) {
      throw invalid();
    }
  }

  private void separator() {
    char c = next();
    if (c != 'T' && !(lenient && (c == ' ' || c == 't'))) {
      throw invalid();
    }
  }

  private int fraction() {
    if (peek() != '.' && !(lenient && peek() == ',')) {
      return 0;
    }
    at++;
    int nanos = 0;
    int digits = 0;
    while (peek() >= '0' && peek() <= '9') {
      if (digits < 9) {
        nanos = nanos * 10 + (peek() - '0');
      }
      digits++;
      at++;
    }
    if (digits == 0) {
      throw invalid();
    }
    for (int i = digits; i < 9; i++) {
      nanos *= 10;
    }
    return nanos;
  }

  /** The offset from UTC in seconds. */
  private int offset() {
    if (lenient && at == text.length()) {
      return 0;
    }
    char sign = next();
    if (sign == 'Z' || (lenient && sign == 'z')) {
      return 0;
    }
    if (sign != '+' && sign != '-') {
      throw invalid();
    }
    int seconds = bounded(digits(2), 23) * 3_600;
    if (!lenient || at < text.length()) {
      if (!lenient || peek() == ':') {
        expect(':');
      }
      seconds += bounded(digits(2), 59) * 60;
    }
    return sign == '-' ? -seconds : seconds;
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private void expect(char c) {
    if (next() != c) {
      throw invalid();
    }
  }

  private int digits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      char c = next();
      if (c < '0' || c > '9') {
        throw invalid();
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }

  private int bounded(int value, int max) {
    if (value > max) {
      throw invalid();
    }
    return value;
  }

  private BrokenEvent invalid() {
    return new BrokenEvent(
        RejectReason.TIME_INVALID,
        "",
        "found '%s', expected a time such as 2026-01-15T10:30:00Z"
            .formatted(JsonInput.shortened(text)));
  }
}
