package dev.millrace.server.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.util.Timestamps;
import dev.millrace.server.query.time.Micros;
import dev.millrace.v1.Measure;
import dev.millrace.v1.OrderBy;
import dev.millrace.v1.Query;
import dev.millrace.v1.Row;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
      for (int i = 0; i < figures.size(); i++) {
        String name = query.getMeasures(i).getName();
        switch (figures.get(i)) {
          case null -> {
            assertThat(row.containsValues(name)).as(where).isFalse();
            assertThat(row.containsTexts(name)).as(where).isFalse();
          }
          case Double number ->
              assertThat(row.getValuesOrThrow(name)).as(where).isCloseTo(number, within(1e-9));
          case Object text -> assertThat(row.getTextsOrThrow(name)).as(where).isEqualTo(text);
        }
      }
    }
  }

  List<Expected> rows(List<TestEvent> all) {
    List<TestEvent> events =
        all.stream()
            .filter(event -> inRange(event.time))
            .filter(event -> condition == null || condition.holds(event, zone.getId()))
            .toList();
    Map<List<@Nullable Object>, List<TestEvent>> groups = new LinkedHashMap<>();
    if (query.getGroupByCount() == 0) {
      groups.put(List.of(), events);
    } else {
      events.forEach(
          event -> groups.computeIfAbsent(keys(event), _ -> new ArrayList<>()).add(event));
    }
    return query.hasBucket() ? bucketed(events, groups) : whole(groups);
  }

  private List<Expected> whole(Map<List<@Nullable Object>, List<TestEvent>> groups) {
    List<Expected> rows = new ArrayList<>();
    groups.forEach((keys, events) -> rows.add(new Expected(null, keys, figures(events), false)));
    rows.sort(order(query.getOrderByList()));
    if (query.getLimit() == 0 || rows.size() <= query.getLimit()) {
      return rows;
    }
    List<Expected> kept = new ArrayList<>(rows.subList(0, query.getLimit()));
    if (query.getOthers()) {
      kept.add(new Expected(null, nulls(), figures(rest(groups, kept)), true));
    }
    return kept;
  }

  private List<Expected> bucketed(
      List<TestEvent> events, Map<List<@Nullable Object>, List<TestEvent>> groups) {
    List<Expected> totals = new ArrayList<>();
    groups.forEach((keys, of) -> totals.add(new Expected(null, keys, figures(of), false)));
    boolean limited = query.getLimit() > 0 && totals.size() > query.getLimit();
    List<OrderBy> ranking =
        query.getOrderByList().stream().filter(by -> !by.getBy().equals("time")).toList();
    if (ranking.isEmpty()) {
      ranking =
          List.of(
              OrderBy.newBuilder()
                  .setBy(query.getMeasures(0).getName())
                  .setDescending(true)
                  .build());
    }
    totals.sort(order(ranking));
    List<Expected> kept = limited ? totals.subList(0, query.getLimit()) : totals;
    List<Instant> starts = starts(events);
    List<Expected> rows = new ArrayList<>();
    kept.forEach(
        group ->
            addBuckets(
                rows, starts, group.keys, groups.getOrDefault(group.keys, List.of()), false));
    if (limited && query.getOthers()) {
      addBuckets(rows, starts, nulls(), rest(groups, kept), true);
    }
    rows.sort(order(query.getOrderByList()));
    return rows;
  }

  private void addBuckets(
      List<Expected> rows,
      List<Instant> starts,
      List<@Nullable Object> keys,
      List<TestEvent> events,
      boolean others) {
    for (Instant start : starts) {
      List<TestEvent> within =
          events.stream().filter(event -> bucket(event.time).equals(start)).toList();
      if (!within.isEmpty() || !query.getBucket().getSkipEmpty()) {
        rows.add(new Expected(start, keys, figures(within), others));
      }
    }
  }

  private static List<TestEvent> rest(
      Map<List<@Nullable Object>, List<TestEvent>> groups, List<Expected> kept) {
    Set<List<@Nullable Object>> keptKeys = new HashSet<>();
    kept.forEach(row -> keptKeys.add(row.keys));
    List<TestEvent> rest = new ArrayList<>();
    groups.forEach(
        (keys, events) -> {
          if (!keptKeys.contains(keys)) {
            rest.addAll(events);
          }
        });
    return rest;
  }

  private List<@Nullable Object> nulls() {
    List<@Nullable Object> nulls = new ArrayList<>();
    query.getGroupByList().forEach(_ -> nulls.add(null));
    return nulls;
  }

  /** The starts of all buckets that a minute of the range falls into. */
  private List<Instant> starts(List<TestEvent> events) {
    long[] range = range();
    Set<Instant> starts = new TreeSet<>();
    events.forEach(event -> starts.add(bucket(event.time)));
    boolean open = range[0] == Long.MIN_VALUE || range[1] == Long.MAX_VALUE;
    if (open && events.isEmpty()) {
      return List.of();
    }
    long from =
        range[0] == Long.MIN_VALUE
            ? events.stream().mapToLong(e -> e.time).min().orElseThrow()
            : range[0];
    long to =
        range[1] == Long.MAX_VALUE
            ? events.stream().mapToLong(e -> e.time).max().orElseThrow() + 1
            : range[1];
    for (long time = from; time < to; time += 5 * Micros.MINUTE) {
      starts.add(bucket(time));
    }
    if (from < to) {
      starts.add(bucket(to - 1));
    }
    return List.copyOf(starts);
  }

  private Instant bucket(long micros) {
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

  private boolean inRange(long time) {
    long[] range = range();
    return time >= range[0] && time < range[1];
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

  private List<@Nullable Object> keys(TestEvent event) {
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

  private List<@Nullable Object> figures(List<TestEvent> events) {
    List<@Nullable Object> figures = new ArrayList<>();
    for (Measure measure : query.getMeasuresList()) {
      figures.add(OracleFigures.figure(measure, events, zone.getId()));
    }
    return figures;
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
