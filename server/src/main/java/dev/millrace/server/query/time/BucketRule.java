package dev.millrace.server.query.time;

import java.time.DayOfWeek;
import java.time.LocalDate;

/**
 * How time is split into buckets by a zone's calendar.
 *
 * <p>Buckets are counted on the wall clock: from 1970-01-01T00:00 for seconds to days, from the
 * first week day after it for weeks, from January 1970 for months. Where the clock is put forward
 * or back, a bucket that contains the change is longer or shorter (a day of 23 or 25 hours); an
 * hour that comes twice is two buckets, a day whose midnight comes twice is one. A day that the
 * clock went back into from the next (in St. John's, at one minute past midnight until 2011) is two
 * buckets, and so is the next. Buckets follow one another without gaps. Not thread-safe.
 */
public final class BucketRule {
  private final CalendarUnit.Amount every;
  private final ZoneOffsets offsets;
  private final long size;
  private final long origin;
  private final boolean wholeDays;

  public BucketRule(CalendarUnit.Amount every, ZoneOffsets offsets, DayOfWeek weekStart) {
    this.every = every;
    this.offsets = offsets;
    this.size = every.micros();
    this.wholeDays = every.unit().compareTo(CalendarUnit.DAY) >= 0;
    // 1970-01-01 was a Thursday.
    this.origin =
        every.unit() == CalendarUnit.WEEK
            ? Math.floorMod(weekStart.getValue() - DayOfWeek.THURSDAY.getValue(), 7) * Micros.DAY
            : 0;
  }

  /** The start of the bucket that a time is in. */
  public long start(long time) {
    long at = time;
    while (true) {
      long floor = floor(offsets.local(at));
      long start = floor - offsets.offset(at);
      long changed = offsets.offsetFrom(at);
      if (start > changed || (start == changed && !wholeDays)) {
        return start;
      }
      // The clock was changed since, or set back to the start of a day. Whether the bucket goes
      // back
      // beyond the change depends on what the clock showed just before.
      if (floor(offsets.local(changed - 1)) != floor) {
        return changed;
      }
      at = changed - 1;
    }
  }

  /** The end of the bucket that starts at a time, which is the start of the next. */
  public long end(long start) {
    long at = start;
    while (true) {
      long end = ceiling(floor(offsets.local(at))) - offsets.offset(at);
      long change = offsets.offsetTo(at);
      if (end < change) {
        return end;
      }
      if (start(change) != start) {
        return change;
      }
      at = change;
    }
  }

  /** The start, on the wall clock, of the bucket that a time of the wall clock is in. */
  private long floor(long local) {
    if (every.unit() != CalendarUnit.MONTH) {
      return Math.floorDiv(local - origin, size) * size + origin;
    }
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(local, Micros.DAY));
    int months = (date.getYear() - 1970) * 12 + date.getMonthValue() - 1;
    return month(Math.floorDiv(months, every.count()) * every.count());
  }

  private long ceiling(long floor) {
    if (every.unit() != CalendarUnit.MONTH) {
      return floor + size;
    }
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(floor, Micros.DAY));
    return month((date.getYear() - 1970) * 12 + date.getMonthValue() - 1 + every.count());
  }

  private static long month(int months) {
    return LocalDate.of(1970 + Math.floorDiv(months, 12), Math.floorMod(months, 12) + 1, 1)
            .toEpochDay()
        * Micros.DAY;
  }
}
