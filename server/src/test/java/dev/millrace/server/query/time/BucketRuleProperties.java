package dev.millrace.server.query.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

final class BucketRuleProperties {
  private static final List<String> ZONES =
      List.of(
          "UTC",
          "Europe/Berlin",
          "America/New_York",
          "Australia/Lord_Howe",
          "America/Sao_Paulo",
          "Africa/Casablanca",
          "Pacific/Apia",
          "Asia/Kathmandu",
          "America/Havana");
  private static final List<String> EVERY =
      List.of("1s", "7s", "1m", "7m", "15m", "1h", "2h", "6h", "1d", "2d", "1w", "3w", "1M", "3M");

  @Property(tries = 3_000)
  void buckets_hold_their_times_and_follow_without_gaps(@ForAll long seed) {
    Random random = new Random(seed);
    ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
    BucketRule rule = rule(EVERY.get(random.nextInt(EVERY.size())), zone);
    long time = nearTransition(random, zone);

    long start = rule.start(time);
    long end = rule.end(start);
    assertThat(start).isLessThanOrEqualTo(time);
    assertThat(end).isGreaterThan(time);
    assertThat(rule.start(start)).isEqualTo(start);
    assertThat(rule.start(end - 1)).isEqualTo(start);
    assertThat(rule.start(end)).isEqualTo(end);
    assertThat(rule.end(rule.start(start - 1))).isEqualTo(start);
  }

  private static long nearTransition(Random random, ZoneId zone) {
    Instant some = Instant.ofEpochSecond(random.nextInt(2_000_000_000));
    var transition = zone.getRules().nextTransition(some);
    long near = Micros.of(transition == null ? some : transition.getInstant());
    return near + random.nextLong(6 * Micros.HOUR) - 3 * Micros.HOUR;
  }

  private static BucketRule rule(String every, ZoneId zone) {
    return new BucketRule(
        CalendarUnit.Amount.parse(every), new ZoneOffsets(zone), DayOfWeek.MONDAY);
  }

  @Example
  void a_day_has_as_many_hours_as_the_clock_gives_it() {
    assertThat(hours("2025-03-29T23:00:00Z", "1d", "Europe/Berlin")).isEqualTo(23);
    assertThat(hours("2025-10-25T22:00:00Z", "1d", "Europe/Berlin")).isEqualTo(25);
    assertThat(hours("2025-10-25T22:00:00Z", "6h", "Europe/Berlin")).isEqualTo(7);
    // Midnight came twice in Havana.
    assertThat(hours("2025-11-02T04:00:00Z", "1d", "America/Havana")).isEqualTo(25);
    // The day didn't begin at midnight in São Paulo.
    assertThat(hours("2018-11-04T03:00:00Z", "1d", "America/Sao_Paulo")).isEqualTo(23);
  }

  private static long hours(String start, String every, String zone) {
    BucketRule rule = rule(every, ZoneId.of(zone));
    long at = Micros.of(Instant.parse(start));
    assertThat(rule.start(at)).isEqualTo(at);
    return (rule.end(at) - at) / Micros.HOUR;
  }

  @Example
  void an_hour_that_comes_twice_is_two_buckets() {
    BucketRule rule = rule("1h", ZoneId.of("Europe/Berlin"));
    List<Instant> starts = new ArrayList<>();
    long at = Micros.of(Instant.parse("2025-10-25T23:00:00Z"));
    for (int i = 0; i < 4; i++) {
      starts.add(Micros.instant(at));
      at = rule.end(at);
    }
    assertThat(starts)
        .containsExactly(
            Instant.parse("2025-10-25T23:00:00Z"),
            Instant.parse("2025-10-26T00:00:00Z"),
            Instant.parse("2025-10-26T01:00:00Z"),
            Instant.parse("2025-10-26T02:00:00Z"));
  }

  @Example
  void named_ranges_follow_the_calendar() {
    Calendar berlin = new Calendar(ZoneId.of("Europe/Berlin"), DayOfWeek.SUNDAY);
    Instant now = Instant.parse("2025-10-26T12:00:00Z");
    assertThat(span(berlin, "today", now)).isEqualTo("2025-10-25T22:00:00Z 2025-10-26T23:00:00Z");
    assertThat(span(berlin, "thisWeek", now))
        .isEqualTo("2025-10-25T22:00:00Z 2025-11-01T23:00:00Z");
    assertThat(span(berlin, "lastMonth", now))
        .isEqualTo("2025-08-31T22:00:00Z 2025-09-30T22:00:00Z");
    assertThat(span(berlin, "lastYear", now))
        .isEqualTo("2023-12-31T23:00:00Z 2024-12-31T23:00:00Z");
    assertThat(span(berlin, "2w", now)).isEqualTo("2025-10-12T12:00:00Z 2025-10-26T12:00:00Z");
  }

  @Example
  void the_period_before_whole_days_is_as_many_days() {
    Calendar berlin = new Calendar(ZoneId.of("Europe/Berlin"), DayOfWeek.MONDAY);
    // The day of 25 hours is compared with one of 24, and the other way about.
    assertThat(before(berlin, "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z"))
        .isEqualTo("2025-10-24T22:00:00Z 2025-10-25T22:00:00Z");
    assertThat(before(berlin, "2025-10-26T23:00:00Z", "2025-10-27T23:00:00Z"))
        .isEqualTo("2025-10-25T22:00:00Z 2025-10-26T23:00:00Z");
    // Not on midnights: so many hours.
    assertThat(before(berlin, "2025-10-26T23:30:00Z", "2025-10-27T23:30:00Z"))
        .isEqualTo("2025-10-25T23:30:00Z 2025-10-26T23:30:00Z");
  }

  @Example
  void a_day_without_its_midnight_follows_one_that_has_it() {
    Calendar paulo = new Calendar(ZoneId.of("America/Sao_Paulo"), DayOfWeek.MONDAY);
    TimeSpan day = paulo.last("today", Instant.parse("2018-11-04T15:00:00Z"));
    TimeSpan before = paulo.before("today", day);
    assertThat(Micros.instant(before.from())).isEqualTo(Instant.parse("2018-11-03T03:00:00Z"));
    assertThat(before.to()).isEqualTo(day.from());

    Calendar havana = new Calendar(ZoneId.of("America/Havana"), DayOfWeek.MONDAY);
    TimeSpan after = havana.last("today", Instant.parse("2025-11-03T15:00:00Z"));
    assertThat(Micros.instant(havana.before("today", after).from()))
        .isEqualTo(Instant.parse("2025-11-02T04:00:00Z"));
  }

  private static String before(Calendar calendar, String from, String to) {
    TimeSpan span =
        calendar.before(
            "", new TimeSpan(Micros.of(Instant.parse(from)), Micros.of(Instant.parse(to))));
    return Micros.instant(span.from()) + " " + Micros.instant(span.to());
  }

  private static @Nullable String span(Calendar calendar, String last, Instant now) {
    TimeSpan span = calendar.last(last, now);
    return Micros.instant(span.from()) + " " + Micros.instant(span.to());
  }
}
