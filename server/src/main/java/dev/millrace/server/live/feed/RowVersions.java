package dev.millrace.server.live.feed;

import dev.millrace.v1.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rows of an answer, each with the version in which it last changed, and the rows that are
 * gone. So what changed since any version can be told without keeping the versions between.
 * Immutable.
 */
final class RowVersions {
  /** Rows gone that are remembered beyond as many as there are rows. */
  static final int GONE_MIN = 1_000;

  /** Before the first answer. */
  static final RowVersions NONE =
      new RowVersions(0, 1, List.of(), new long[0], Map.of(), List.of());

  private final long version;
  // The earliest version of which it is known what changed since.
  private final long floor;
  private final List<Row> rows;
  private final long[] changed;
  private final Map<Row, Integer> byKey;
  private final List<Gone> gone;

  /** A row that isn't any more, by the version that took it. */
  private record Gone(Row key, long version) {}

  private RowVersions(
      long version,
      long floor,
      List<Row> rows,
      long[] changed,
      Map<Row, Integer> byKey,
      List<Gone> gone) {
    this.version = version;
    this.floor = floor;
    this.rows = rows;
    this.changed = changed;
    this.byKey = byKey;
    this.gone = gone;
  }

  /** From 1, one more with each answer that differs. */
  long version() {
    return version;
  }

  /** In the order of the answer that brought the last change. */
  List<Row> rows() {
    return rows;
  }

  /** Whether it can be told what changed since a version. */
  boolean knows(long since) {
    return since >= floor && since <= version;
  }

  /** The versions after an answer; these, if it says the same. */
  RowVersions next(List<Row> answer) {
    long next = version + 1;
    List<Row> nextRows = new ArrayList<>(answer.size());
    long[] nextChanged = new long[answer.size()];
    Map<Row, Integer> nextByKey = HashMap.newHashMap(answer.size());
    boolean differs = version == 0;
    int kept = 0;
    for (int i = 0; i < answer.size(); i++) {
      Row row = answer.get(i);
      Row key = RowComparison.key(row);
      Integer before = byKey.get(key);
      if (before != null) {
        kept++;
      }
      if (before != null && RowComparison.same(rows.get(before), row)) {
        // The row as it was sent, so that differences too small to tell don't add up.
        nextRows.add(rows.get(before));
        nextChanged[i] = changed[before];
      } else {
        nextRows.add(row);
        nextChanged[i] = next;
        differs = true;
      }
      nextByKey.put(key, i);
    }
    if (!differs && kept == rows.size()) {
      return this;
    }
    return withGone(next, nextRows, nextChanged, nextByKey);
  }

  private RowVersions withGone(
      long next, List<Row> nextRows, long[] nextChanged, Map<Row, Integer> nextByKey) {
    List<Gone> nextGone = new ArrayList<>();
    for (Gone one : gone) {
      if (!nextByKey.containsKey(one.key)) {
        nextGone.add(one);
      }
    }
    Set<Row> left = new HashSet<>(byKey.keySet());
    left.removeAll(nextByKey.keySet());
    left.forEach(key -> nextGone.add(new Gone(key, next)));
    long nextFloor = floor;
    int surplus = nextGone.size() - Math.max(GONE_MIN, nextRows.size());
    if (surplus > 0) {
      nextFloor = nextGone.get(surplus - 1).version;
      nextGone.subList(0, surplus).clear();
    }
    return new RowVersions(next, nextFloor, nextRows, nextChanged, nextByKey, nextGone);
  }

  /** The rows that are new or other than in a version that is known. */
  List<Row> upsertedSince(long since) {
    List<Row> upserted = new ArrayList<>();
    for (int i = 0; i < changed.length; i++) {
      if (changed[i] > since) {
        upserted.add(rows.get(i));
      }
    }
    return upserted;
  }

  /** The keys of rows that are gone since a version that is known, or a short time before it. */
  List<Row> removedSince(long since) {
    List<Row> removed = new ArrayList<>();
    for (Gone one : gone) {
      if (one.version > since) {
        removed.add(one.key);
      }
    }
    return removed;
  }
}
