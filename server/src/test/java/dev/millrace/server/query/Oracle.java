package dev.millrace.server.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.util.Timestamps;
import dev.millrace.server.query.time.Micros;
import dev.millrace.v1.Histogram;
import dev.millrace.v1.Measure;
import dev.millrace.v1.OrderBy;
import dev.millrace.v1.Query;
import dev.millrace.v1.Row;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers questions over a list of events, slowly and plainly. */
final class Oracle {
  private final Query query;
  private final @Nullable Condition condition;
  private final ZoneId zone;
  private final Instant now;

  Oracle(Query query, @Nullable Condition condition, Instant now) {
    this.query = query;
    this.condition = condition;
    this.zone = ZoneId.of(query.getTimeZone().isEmpty() ? "UTC" : query.getTimeZone());
    this.now = now;
  }

  /** A row as it should be. */
  record Expected(
      @Nullable Instant time,
      List<@Nullable Object> keys,
      List<@Nullable Object> figures,
      List<@Nullable Object> previous,
      boolean others) {
    void check(Row row, Query query) {
      String where = query + " expected " + this + " found " + row;
      assertThat(row.getOthers()).as(where).isEqualTo(others);
      assertThat(row.hasTime()).as(where).isEqualTo(time != null);
      if (time != null) {
        assertThat(Micros.instant(Timestamps.toMicros(row.getTime()))).as(where).isEqualTo(time);
      }
      for (int i = 0; i < keys.size(); i++) {
        assertThat(ProtoValues.of(row.getDimensionsOrThrow(query.getGroupBy(i))))
            .as(where)
            .isEqualTo(keys.get(i));
      }
      // So few values are counted exactly.
      assertThat(row.getBoundsMap()).as(where).isEmpty();
      assertThat(row.getPreviousMap()).as(where).hasSize(numbers(previous));
      for (int i = 0; i < previous.size(); i++) {
        if (previous.get(i) instanceof Double number) {
          assertThat(row.getPreviousOrThrow(query.getMeasures(i).getName()))
              .as(where)
              .isCloseTo(number, within(1e-9));
        }
      }
      for (int i = 0; i < figures.size(); i++) {
        String name = query.getMeasures(i).getName();
        switch (figures.get(i)) {
          case null -> {
            assertThat(row.containsValues(name)).as(where).isFalse();
            assertThat(row.containsTexts(name)).as(where).isFalse();
            assertThat(row.containsHistograms(name)).as(where).isFalse();
          }
          case Double number ->
              assertThat(row.getValuesOrThrow(name)).as(where).isCloseTo(number, within(1e-9));
          case Histogram histogram ->
              assertThat(row.getHistogramsOrThrow(name)).as(where).isEqualTo(histogram);
          case Object text -> assertThat(row.getTextsOrThrow(name)).as(where).isEqualTo(text);
        }
      }
    }

    private static int numbers(List<@Nullable Object> figures) {
      return (int) figures.stream().filter(Double.class::isInstance).count();
    }
  }

  List<Expected> rows(List<TestEvent> all) {
    long[] range = range();
    OracleSpan now = span(all, range);
    OracleSpan then =
        query.getCompare() == Query.Compare.COMPARE_UNSPECIFIED ? null : span(all, compared(range));
    Map<List<@Nullable Object>, List<TestEvent>> groups = now.groups();
    boolean limited = query.getLimit() > 0 && groups.size() > query.getLimit();
    List<OrderBy> levels = query.hasBucket() ? ranking() : query.getOrderByList();
    List<Expected> totals = new ArrayList<>();
    groups.forEach(
        (keys, events) ->
            totals.add(new Expected(null, keys, now.total(events), List.of(), false)));
    totals.sort(order(levels));
    List<Expected> kept = limited ? totals.subList(0, query.getLimit()) : totals;
    Set<List<@Nullable Object>> keptKeys = new HashSet<>();
    List<Expected> rows = new ArrayList<>();
    for (Expected group : kept) {
      keptKeys.add(group.keys);
      addRows(rows, now, then, group.keys, key -> key.equals(group.keys), false);
    }
    if (limited && query.getOthers()) {
      addRows(rows, now, then, nulls(), key -> !keptKeys.contains(key), true);
    }
    if (query.hasBucket()) {
      rows.sort(order(query.getOrderByList()));
    }
    return rows;
  }

  private OracleSpan span(List<TestEvent> all, long[] range) {
    List<TestEvent> meeting =
        all.stream()
            .filter(event -> condition == null || condition.holds(event, zone.getId()))
            .toList();
    return new OracleSpan(this, query, meeting, range, Micros.of(now));
  }

  /** How groups are ranked over the whole range where there are buckets. */
  private List<OrderBy> ranking() {
    List<OrderBy> ranking =
        query.getOrderByList().stream().filter(by -> !by.getBy().equals("time")).toList();
    return ranking.isEmpty()
        ? List.of(
            OrderBy.newBuilder().setBy(query.getMeasures(0).getName()).setDescending(true).build())
        : ranking;
  }

  private void addRows(
      List<Expected> rows,
      OracleSpan now,
      @Nullable OracleSpan then,
      List<@Nullable Object> keys,
      Predicate<List<@Nullable Object>> groups,
      boolean others) {
    List<TestEvent> events = now.of(groups);
    List<TestEvent> before = then == null ? List.of() : then.of(groups);
    if (!query.hasBucket()) {
      List<@Nullable Object> previous = then == null ? List.of() : then.total(before);
      rows.add(new Expected(null, keys, now.total(events), previous, others));
      return;
    }
    for (int i = 0; i < now.buckets(); i++) {
      if (!now.within(events, i).isEmpty() || !query.getBucket().getSkipEmpty()) {
        List<@Nullable Object> previous = then == null ? List.of() : then.figures(before, i);
        rows.add(new Expected(now.start(i), keys, now.figures(events, i), previous, others));
      }
    }
  }

  private List<@Nullable Object> nulls() {
    return new ArrayList<@Nullable Object>(Collections.nCopies(query.getGroupByCount(), null));
  }

  Instant bucket(long micros) {
    ZonedDateTime time = Micros.instant(micros).atZone(zone);
    LocalDate day = time.toLocalDate();
    return switch (query.getBucket().getEvery()) {
      case "15m" ->
          time.truncatedTo(ChronoUnit.MINUTES).minusMinutes(time.getMinute() % 15).toInstant();
      case "1h" -> hour(time);
      case "6h" ->
          time.toLocalDateTime()
              .withHour(time.getHour() / 6 * 6)
              .truncatedTo(ChronoUnit.HOURS)
              .atZone(zone)
              .toInstant();
      case "1d" -> day.atStartOfDay(zone).toInstant();
      case "1w" ->
          day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
              .atStartOfDay(zone)
              .toInstant();
      case "1M" -> day.withDayOfMonth(1).atStartOfDay(zone).toInstant();
      default -> throw new IllegalStateException();
    };
  }

  /**
   * An hour that the clock shows twice is two hours, one that it shows one and a half times is one.
   */
  private static Instant hour(ZonedDateTime time) {
    LocalDateTime local = time.toLocalDateTime().truncatedTo(ChronoUnit.HOURS);
    if (time.getZone().getId().equals("Australia/Lord_Howe")) {
      return local.atZone(time.getZone()).toInstant();
    }
    return ZonedDateTime.ofLocal(local, time.getZone(), time.getOffset()).toInstant();
  }

  /** The range before, cut as the range is if that isn't over. */
  private long[] compared(long[] range) {
    long[] earlier;
    if (query.getCompare() == Query.Compare.PREVIOUS_YEAR) {
      earlier = new long[] {back(range[0], Period.ofYears(1)), back(range[1], Period.ofYears(1))};
    } else {
      earlier =
          switch (query.getRange().getLast()) {
            case "today", "yesterday" -> new long[] {back(range[0], Period.ofDays(1)), range[0]};
            case "thisWeek", "lastWeek" -> new long[] {back(range[0], Period.ofWeeks(1)), range[0]};
            case "" -> {
              ZonedDateTime from = Micros.instant(range[0]).atZone(zone);
              ZonedDateTime to = Micros.instant(range[1]).atZone(zone);
              boolean days =
                  from.equals(from.toLocalDate().atStartOfDay(zone))
                      && to.equals(to.toLocalDate().atStartOfDay(zone));
              long count = ChronoUnit.DAYS.between(from.toLocalDate(), to.toLocalDate());
              long first =
                  days ? back(range[0], Period.ofDays((int) count)) : 2 * range[0] - range[1];
              yield new long[] {first, range[0]};
            }
            default -> new long[] {2 * range[0] - range[1], range[0]};
          };
    }
    long elapsed = Math.max(0, Micros.of(now) - range[0]);
    boolean over = Micros.of(now) >= range[1];
    return new long[] {earlier[0], over ? earlier[1] : Math.min(earlier[1], earlier[0] + elapsed)};
  }

  /** The wall clock a while before; none of the ranges meets a midnight that isn't there. */
  private long back(long micros, Period period) {
    return Micros.of(Micros.instant(micros).atZone(zone).minus(period).toInstant());
  }

  private long[] range() {
    LocalDate today = now.atZone(zone).toLocalDate();
    LocalDate monday = today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
    return switch (query.getRange().getLast()) {
      case "3d" -> new long[] {Micros.of(now) - 3 * Micros.DAY, Micros.of(now)};
      case "90m" -> new long[] {Micros.of(now) - 90 * Micros.MINUTE, Micros.of(now)};
      case "today" -> days(today, today.plusDays(1));
      case "yesterday" -> days(today.minusDays(1), today);
      case "thisWeek" -> days(monday, monday.plusDays(7));
      case "lastWeek" -> days(monday.minusDays(7), monday);
      default ->
          new long[] {
            query.getRange().hasFrom()
                ? Timestamps.toMicros(query.getRange().getFrom())
                : Long.MIN_VALUE,
            query.getRange().hasTo()
                ? Timestamps.toMicros(query.getRange().getTo())
                : Long.MAX_VALUE
          };
    };
  }

  private long[] days(LocalDate from, LocalDate to) {
    return new long[] {
      Micros.of(from.atStartOfDay(zone).toInstant()), Micros.of(to.atStartOfDay(zone).toInstant())
    };
  }

  List<@Nullable Object> keys(TestEvent event) {
    List<@Nullable Object> keys = new ArrayList<>();
    for (String name : query.getGroupByList()) {
      Object value = field(event, name, zone.getId());
      keys.add(
          switch (value) {
            case null -> null;
            case List<?> list -> OracleFigures.json(list);
            case Map<?, ?> _ -> "{}";
            case Double number -> number + 0.0;
            default -> value;
          });
    }
    return keys;
  }

  private Comparator<Expected> order(List<OrderBy> levels) {
    Comparator<Expected> order = (_, _) -> 0;
    List<String> names = query.getMeasuresList().stream().map(Measure::getName).toList();
    for (OrderBy level : levels) {
      int key = query.getGroupByList().indexOf(level.getBy());
      int measure = names.indexOf(level.getBy());
      order =
          order.thenComparing(
              row ->
                  level.getBy().equals("time")
                      ? row.time
                      : measure >= 0 ? row.figures.get(measure) : row.keys.get(key),
              (a, b) -> compare(a, b, level.getDescending()));
    }
    return order
        .thenComparing(row -> row.time, (a, b) -> compare(a, b, false))
        .thenComparing(row -> row.others)
        .thenComparing(
            row -> row.keys,
            (a, b) -> {
              for (int i = 0; i < a.size(); i++) {
                int result = compare(a.get(i), b.get(i), false);
                if (result != 0) {
                  return result;
                }
              }
              return 0;
            });
  }

  private static int compare(@Nullable Object a, @Nullable Object b, boolean descending) {
    if (a == null || b == null) {
      return Boolean.compare(a == null, b == null);
    }
    int order =
        rank(a) != rank(b)
            ? Integer.compare(rank(a), rank(b))
            : switch (a) {
              case Boolean x -> x.compareTo((Boolean) b);
              case Double x -> x.compareTo((Double) b);
              case Instant x -> x.compareTo((Instant) b);
              default -> codePoints((String) a, (String) b);
            };
    return descending ? -order : order;
  }

  private static int rank(Object value) {
    return value instanceof Boolean ? 0 : value instanceof Double ? 1 : 2;
  }

  static int codePoints(String a, String b) {
    return Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
  }

  /** A field's value: null, Boolean, Double, String, List or an empty Map. */
  static @Nullable Object field(TestEvent event, String name, String zone) {
    ZonedDateTime time = Micros.instant(event.time).atZone(ZoneId.of(zone));
    String type = event.texts.getOrDefault("type", "");
    return switch (name) {
      case "type", "user_id", "session_id", "event_id" -> event.texts.get(name);
      case "value" -> event.value;
      case "tags" -> event.tags;
      case "country" -> null;
      case "hour_of_day" -> (double) time.getHour();
      case "day_of_week" -> time.getDayOfWeek().name();
      case "date" -> time.toLocalDate().toString();
      case "is_conversion" -> new LinkedHashSet<>(List.of("purchase", "signup")).contains(type);
      case "is_high_value" ->
          type.equals("purchase")
              || (event.properties.get("duration") instanceof Double d && d > 30);
      case "properties.mixed", "mixed" -> event.properties.get("mixed");
      case "geo.country", "properties.geo.country" ->
          event.properties.get("geo") instanceof Map<?, ?> geo ? geo.get("country") : null;
      default -> event.properties.get(name);
    };
  }
}
