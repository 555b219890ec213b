package dev.millrace.server.query.time;

/** Units of time as questions write them. */
public enum CalendarUnit {
  SECOND('s', Micros.SECOND),
  MINUTE('m', Micros.MINUTE),
  HOUR('h', Micros.HOUR),
  DAY('d', Micros.DAY),
  WEEK('w', Micros.WEEK),
  /** Of the calendar: of no fixed length. */
  MONTH('M', 0);

  private final char symbol;
  private final long micros;

  CalendarUnit(char symbol, long micros) {
    this.symbol = symbol;
    this.micros = micros;
  }

  /** The length in microseconds by the clock; 0 of a month. */
  public long micros() {
    return micros;
  }

  /**
   * A number of units.
   *
   * @param count at least 1
   */
  public record Amount(int count, CalendarUnit unit) {
    private static final int COUNT_MAX = 100_000;

    /**
     * Reads {@code 5m} and the like.
     *
     * @throws IllegalArgumentException if it isn't one; the message says what is
     */
    public static Amount parse(String text) {
      int digits = 0;
      while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
        digits++;
      }
      if (digits == 0 || digits > 6 || digits != text.length() - 1) {
        throw malformed(text);
      }
      int count = Integer.parseInt(text.substring(0, digits));
      for (CalendarUnit unit : values()) {
        if (unit.symbol == text.charAt(digits) && count >= 1 && count <= COUNT_MAX) {
          return new Amount(count, unit);
        }
      }
      throw malformed(text);
    }

    private static IllegalArgumentException malformed(String text) {
      return new IllegalArgumentException(
          "must be a number from 1 to %,d and one of s, m, h, d, w, M, such as 15m; found '%s'"
              .formatted(COUNT_MAX, text.length() > 40 ? text.substring(0, 40) + "…" : text));
    }

    /** The length in microseconds by the clock; 0 if it is of months. */
    public long micros() {
      return Math.multiplyExact(count, unit.micros);
    }

    @Override
    public String toString() {
      return count + String.valueOf(unit.symbol);
    }
  }
}
