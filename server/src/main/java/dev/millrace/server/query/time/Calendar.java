package dev.millrace.server.query.time;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The calendar that a question is asked in.
 *
 * @param zone the zone of ranges, buckets and parts of times
 * @param weekStart the first day of a week
 */
public record Calendar(ZoneId zone, DayOfWeek weekStart) {
  /** UTC, with weeks from Monday. */
  public static final Calendar UTC = new Calendar(ZoneId.of("UTC"), DayOfWeek.MONDAY);

  private static final Map<String, NamedSpan> NAMED =
      Map.of(
          "today", new NamedSpan(day -> day, 1, 0, 0),
          "yesterday", new NamedSpan(day -> day.minusDays(1), 1, 0, 0),
          "thisMonth", new NamedSpan(day -> day.withDayOfMonth(1), 0, 1, 0),
          "lastMonth", new NamedSpan(day -> day.withDayOfMonth(1).minusMonths(1), 0, 1, 0),
          "thisYear", new NamedSpan(day -> day.withDayOfYear(1), 0, 0, 1),
          "lastYear", new NamedSpan(day -> day.withDayOfYear(1).minusYears(1), 0, 0, 1));

  private record NamedSpan(UnaryOperator<LocalDate> start, int days, int months, int years) {}

  /**
   * The span of time that {@code last} means: a length back from now, which isn't aligned to
   * anything, or a named day, week, month or year of the calendar, which may not be over.
   *
   * @throws IllegalArgumentException if it means nothing; the message says what is allowed
   */
  public TimeSpan last(String last, Instant now) {
    LocalDate today = LocalDate.ofInstant(now, zone);
    NamedSpan named = NAMED.get(last);
    if (named != null) {
      LocalDate start = named.start.apply(today);
      return span(
          start, start.plusDays(named.days).plusMonths(named.months).plusYears(named.years));
    }
    if (last.equals("thisWeek") || last.equals("lastWeek")) {
      LocalDate first = today.with(TemporalAdjusters.previousOrSame(weekStart));
      LocalDate start = last.equals("thisWeek") ? first : first.minusWeeks(1);
      return span(start, start.plusWeeks(1));
    }
    try {
      CalendarUnit.Amount amount = CalendarUnit.Amount.parse(last);
      if (amount.unit() != CalendarUnit.MONTH) {
        long to = Micros.of(now);
        return new TimeSpan(to - amount.micros(), to);
      }
    } catch (IllegalArgumentException _) {
      // Told below, together with the words.
    }
    throw new IllegalArgumentException(
        "must be a length such as 5m, 1h or 7d (units s, m, h, d, w), or one of today, yesterday,"
            + " thisWeek, lastWeek, thisMonth, lastMonth, thisYear, lastYear; found '"
            + (last.length() > 40 ? last.substring(0, 40) + "…" : last)
            + "'");
  }

  /**
   * The span of equal length that ends where one starts. That of a named day, week, month or year
   * is the day, week, month or year before; that of whole days is as many days, whatever hours the
   * clock gave them.
   *
   * @param last what the span was made of; empty if its ends were given
   */
  public TimeSpan before(String last, TimeSpan span) {
    NamedSpan named = NAMED.get(last);
    if (named != null) {
      return shifted(span, Period.of(named.years, named.months, named.days));
    }
    if (last.equals("thisWeek") || last.equals("lastWeek")) {
      return shifted(span, Period.ofWeeks(1));
    }
    if (last.isEmpty() && startsDay(span.from()) && startsDay(span.to())) {
      long days = ChronoUnit.DAYS.between(day(span.from()), day(span.to()));
      return new TimeSpan(start(day(span.from()).minusDays(days)), span.from());
    }
    return new TimeSpan(span.from() - (span.to() - span.from()), span.from());
  }

  /** The same span of the year before. */
  public TimeSpan yearBefore(TimeSpan span) {
    return shifted(span, Period.ofYears(1));
  }

  private TimeSpan shifted(TimeSpan span, Period back) {
    return new TimeSpan(shifted(span.from(), back), shifted(span.to(), back));
  }

  private long shifted(long micros, Period back) {
    if (startsDay(micros)) {
      // A day may begin at 01:00, or have its midnight twice: that is no reason for others to.
      return start(day(micros).minus(back));
    }
    return Micros.of(Micros.instant(micros).atZone(zone).minus(back).toInstant());
  }

  private LocalDate day(long micros) {
    return LocalDate.ofInstant(Micros.instant(micros), zone);
  }

  private boolean startsDay(long micros) {
    return start(day(micros)) == micros;
  }

  private TimeSpan span(LocalDate from, LocalDate to) {
    return new TimeSpan(start(from), start(to));
  }

  private long start(LocalDate day) {
    return Micros.of(day.atStartOfDay(zone).toInstant());
  }
}
