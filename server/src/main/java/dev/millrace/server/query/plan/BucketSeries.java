package dev.millrace.server.query.plan;

import dev.millrace.server.query.time.BucketRule;
import dev.millrace.server.query.time.Micros;
import dev.millrace.server.query.time.TimeSpan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of an answer, ascending: from one end of the range to the other, an open end being
 * where the first or last event is.
 *
 * @param starts their starts
 * @param end the end of the last
 */
record BucketSeries(List<Long> starts, long end) {
  /** The buckets of a question; null if it has none. */
  static @Nullable BucketSeries of(QuerySpec spec, Partial partial, Budget budget) {
    BucketRule rule = Partial.rule(spec);
    if (rule == null) {
      return null;
    }
    TimeSpan span = spec.span();
    boolean nothing = (span.openStart() || span.openEnd()) && !partial.found();
    long from = span.openStart() ? partial.firstTime() : span.from();
    long to = span.openEnd() ? partial.lastTime() + 1 : span.to();
    List<Long> starts = new ArrayList<>();
    if (nothing || from >= to) {
      return new BucketSeries(starts, from);
    }
    long start = rule.start(from);
    while (start < to) {
      starts.add(start);
      budget.buckets(starts.size());
      start = rule.end(start);
    }
    return new BucketSeries(starts, start);
  }

  int size() {
    return starts.size();
  }

  long start(int index) {
    return starts.get(index);
  }

  long end(int index) {
    return index + 1 < starts.size() ? starts.get(index + 1) : end;
  }

  /** Whether the range or the clock cuts a bucket. */
  boolean partial(int index, QuerySpec spec) {
    return starts.get(index) < spec.span().from()
        || end(index) > spec.span().to()
        || end(index) > Micros.of(spec.now());
  }

  /** The seconds of a bucket within the range and up to now. */
  double seconds(int index, QuerySpec spec) {
    return seconds(starts.get(index), end(index), spec);
  }

  static double seconds(long from, long to, QuerySpec spec) {
    long first = Math.max(from, spec.span().from());
    long last = Math.min(Math.min(to, spec.span().to()), Micros.of(spec.now()));
    return Math.max(0, last - first) / (double) Micros.SECOND;
  }
}
