package dev.millrace.server.query.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buckets around every change of the clock since 2000. */
final class TransitionTest {
  private static final Instant SINCE = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2030-01-01T00:00:00Z");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UTC",
        "Europe/Berlin",
        "Europe/London",
        "Europe/Istanbul",
        "Europe/Moscow",
        "America/New_York",
        "America/St_Johns",
        "America/Sao_Paulo",
        "America/Havana",
        "America/Caracas",
        "America/Santiago",
        "Africa/Casablanca",
        "Africa/Cairo",
        "Asia/Kathmandu",
        "Asia/Tehran",
        "Asia/Pyongyang",
        "Asia/Gaza",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Chatham",
        "Antarctica/Troll"
      })
  void every_time_is_in_the_bucket_of_its_wall_clock(String name) {
    ZoneId zone = ZoneId.of(name);
    for (Instant change : changes(zone)) {
      for (String every : List.of("15m", "1h", "1d", "1w", "1M")) {
        check(every, zone, Micros.of(change));
      }
    }
  }

  private static List<Instant> changes(ZoneId zone) {
    List<Instant> changes = new ArrayList<>(List.of(SINCE));
    ZoneOffsetTransition next = zone.getRules().nextTransition(SINCE);
    while (next != null && next.getInstant().isBefore(UNTIL)) {
      changes.add(next.getInstant());
      next = zone.getRules().nextTransition(next.getInstant());
    }
    return changes;
  }

  /** Times every ten minutes, and just before and after the change, are counted by bucket. */
  private static void check(String every, ZoneId zone, long change) {
    BucketRule rule =
        new BucketRule(CalendarUnit.Amount.parse(every), new ZoneOffsets(zone), DayOfWeek.MONDAY);
    Map<Long, Integer> counts = new TreeMap<>();
    int total = 0;
    for (int step = -100; step <= 100; step++) {
      for (long time : new long[] {change + step * 10L * Micros.MINUTE, change + step}) {
        long start = rule.start(time);
        Instant expected = first(every, time, zone);
        if (start != Micros.of(expected)) {
          fail(
              "%s of %s in %s: %s instead of %s",
              every, Micros.instant(time), zone, Micros.instant(start), expected);
        }
        counts.merge(start, 1, Integer::sum);
        total++;
      }
    }
    int summed = 0;
    long end = counts.keySet().iterator().next();
    while (counts.containsKey(end)) {
      summed += counts.get(end);
      end = rule.end(end);
    }
    assertThat(summed)
        .as("%s around %s in %s", every, Micros.instant(change), zone)
        .isEqualTo(total);
  }

  /** What the wall clock shows, cut to the bucket. */
  private static LocalDateTime label(String every, long time, ZoneId zone) {
    LocalDateTime local = LocalDateTime.ofInstant(Micros.instant(time), zone);
    LocalDate day = local.toLocalDate();
    return switch (every) {
      case "15m" -> local.truncatedTo(ChronoUnit.HOURS).plusMinutes(15L * (local.getMinute() / 15));
      case "1h" -> local.truncatedTo(ChronoUnit.HOURS);
      case "1d" -> day.atStartOfDay();
      case "1w" -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).atStartOfDay();
      case "1M" -> day.withDayOfMonth(1).atStartOfDay();
      default -> throw new IllegalArgumentException(every);
    };
  }

  /**
   * The first instant of the unbroken stretch of time, around a time, whose wall clock has the same
   * label. An hour that begins at a change is one of its own; a day isn't.
   */
  private static Instant first(String every, long time, ZoneId zone) {
    LocalDateTime label = label(every, time, zone);
    boolean days = every.equals("1d") || every.equals("1w") || every.equals("1M");
    ZonedDateTime at = Micros.instant(time).atZone(zone);
    Instant first =
        at.toInstant()
            .minus(ChronoUnit.NANOS.between(label, at.toLocalDateTime()), ChronoUnit.NANOS);
    ZoneOffsetTransition change = zone.getRules().previousTransition(at.toInstant().plusNanos(1));
    while (change != null
        && (days ? !first.isAfter(change.getInstant()) : first.isBefore(change.getInstant()))) {
      Instant before = change.getInstant().minusNanos(1_000);
      if (!label(every, Micros.of(before), zone).equals(label)) {
        return change.getInstant();
      }
      first =
          before.minus(
              ChronoUnit.NANOS.between(label, LocalDateTime.ofInstant(before, zone)),
              ChronoUnit.NANOS);
      change = zone.getRules().previousTransition(before);
    }
    return first;
  }
}
