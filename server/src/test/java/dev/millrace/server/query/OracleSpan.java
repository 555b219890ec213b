package dev.millrace.server.query;

import dev.millrace.server.query.time.Micros;
import dev.millrace.v1.Query;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The oracle's figures over one span of time, by bucket where there are any. */
final class OracleSpan {
  private final Oracle oracle;
  private final Query query;
  private final long[] range;
  private final long now;
  private final int sliding;

  /** The starts of the buckets, those before the range that sliding figures reach into first. */
  private final List<Instant> starts = new ArrayList<>();

  private int lead;
  private final Map<TestEvent, Instant> bucketOf = new LinkedHashMap<>();
  private final Map<List<@Nullable Object>, List<TestEvent>> groups = new LinkedHashMap<>();

  OracleSpan(Oracle oracle, Query query, List<TestEvent> all, long[] range, long now) {
    this.oracle = oracle;
    this.query = query;
    this.range = range;
    this.now = now;
    this.sliding = sliding(query);
    List<TestEvent> inRange = all.stream().filter(event -> inRange(event.time)).toList();
    if (query.hasBucket()) {
      makeStarts(inRange);
    }
    long first = lead > 0 ? Math.min(range[0], Micros.of(starts.getFirst())) : range[0];
    if (query.getGroupByCount() == 0) {
      groups.put(List.of(), new ArrayList<>());
    }
    for (TestEvent event : all) {
      if (event.time >= first && event.time < range[1]) {
        bucketOf.put(event, query.hasBucket() ? oracle.bucket(event.time) : Instant.EPOCH);
        List<@Nullable Object> keys = query.getGroupByCount() == 0 ? List.of() : oracle.keys(event);
        groups.computeIfAbsent(keys, _ -> new ArrayList<>()).add(event);
      }
    }
  }

  private static int sliding(Query query) {
    String window = query.getBucket().getSliding();
    return window.isEmpty() ? 1 : count(window) / count(query.getBucket().getEvery());
  }

  private static int count(String length) {
    return Integer.parseInt(length.substring(0, length.length() - 1));
  }

  private boolean inRange(long time) {
    return time >= range[0] && time < range[1];
  }

  /** The buckets that a minute of the range, or of what leads it, falls into. */
  private void makeStarts(List<TestEvent> events) {
    boolean open = range[0] == Long.MIN_VALUE || range[1] == Long.MAX_VALUE;
    if (open && events.isEmpty()) {
      return;
    }
    long from = range[0] == Long.MIN_VALUE ? firstTime(events) : range[0];
    long to =
        range[1] == Long.MAX_VALUE
            ? events.stream().mapToLong(event -> event.time).max().orElseThrow() + 1
            : range[1];
    if (from >= to) {
      return;
    }
    TreeSet<Instant> found = new TreeSet<>();
    events.forEach(event -> found.add(oracle.bucket(event.time)));
    for (long time = from; time < to; time += 5 * Micros.MINUTE) {
      found.add(oracle.bucket(time));
    }
    found.add(oracle.bucket(to - 1));
    lead = range[0] == Long.MIN_VALUE ? 0 : sliding - 1;
    for (int i = 0; i < lead; i++) {
      found.add(oracle.bucket(Micros.of(found.getFirst()) - 1));
    }
    starts.addAll(found);
  }

  private static long firstTime(List<TestEvent> events) {
    return events.stream().mapToLong(event -> event.time).min().orElse(Long.MAX_VALUE);
  }

  Map<List<@Nullable Object>, List<TestEvent>> groups() {
    return groups;
  }

  /** The events of some groups. */
  List<TestEvent> of(Predicate<List<@Nullable Object>> wanted) {
    List<TestEvent> events = new ArrayList<>();
    groups.forEach(
        (keys, of) -> {
          if (wanted.test(keys)) {
            events.addAll(of);
          }
        });
    return events;
  }

  int buckets() {
    return starts.size() - lead;
  }

  Instant start(int bucket) {
    return starts.get(lead + bucket);
  }

  /** The events that a bucket's figures are over. */
  List<TestEvent> within(List<TestEvent> events, int bucket) {
    List<Instant> window = starts.subList(first(bucket), lead + bucket + 1);
    return events.stream()
        .filter(event -> window.contains(bucketOf.getOrDefault(event, Instant.MIN)))
        .toList();
  }

  private int first(int bucket) {
    return Math.max(0, lead + bucket - sliding + 1);
  }

  /** The figures of a bucket; over nothing beyond the last. */
  List<@Nullable Object> figures(List<TestEvent> events, int bucket) {
    if (bucket >= buckets()) {
      return OracleFigures.figures(query, List.of(), 0);
    }
    long from = Micros.of(starts.get(first(bucket)));
    long first = sliding == 1 ? Math.max(from, range[0]) : from;
    return OracleFigures.figures(query, within(events, bucket), seconds(first, end(bucket)));
  }

  private long end(int bucket) {
    long time = Micros.of(start(bucket));
    while (oracle.bucket(time).equals(start(bucket))) {
      time += 15 * Micros.MINUTE;
    }
    return Micros.of(oracle.bucket(time));
  }

  private double seconds(long from, long to) {
    long last = Math.min(Math.min(to, range[1]), now);
    return Math.max(0, last - from) / 1e6;
  }

  /** The figures over the whole range. */
  List<@Nullable Object> total(List<TestEvent> events) {
    long from = range[0] == Long.MIN_VALUE ? firstTime(List.copyOf(bucketOf.keySet())) : range[0];
    return OracleFigures.figures(
        query,
        events.stream().filter(event -> inRange(event.time)).toList(),
        seconds(from, Long.MAX_VALUE));
  }
}
