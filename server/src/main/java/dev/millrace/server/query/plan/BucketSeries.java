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
 * <p>A sliding figure also reaches over buckets before the range, which lead the series.
 *
 * @param starts their starts, the leading ones included
 * @param lead how many lead; the first bucket of the range, number 0, comes after them
 * @param end the end of the last
 */
record BucketSeries(List<Long> starts, int lead, long end) {
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
      return new BucketSeries(starts, 0, from);
    }
    long start = rule.start(from);
    int lead = span.openStart() ? 0 : spec.sliding() - 1;
    for (int i = 0; i < lead; i++) {
      start = rule.start(start - 1);
    }
    while (start < to) {
      starts.add(start);
      budget.buckets(starts.size());
      start = rule.end(start);
    }
    return new BucketSeries(starts, lead, start);
  }

  int size() {
    return starts.size() - lead;
  }

  long start(int index) {
    return starts.get(index + lead);
  }

  long end(int index) {
    return index + 1 < size() ? start(index + 1) : end;
  }

  /** Whether the range or the clock cuts a bucket. */
  boolean partial(int index, QuerySpec spec) {
    return start(index) < spec.span().from()
        || end(index) > spec.span().to()
        || end(index) > Micros.of(spec.now());
  }

  /**
   * The seconds that a bucket's figures are over, up to now; a sliding one's begin before the
   * range.
   */
  double seconds(int index, QuerySpec spec) {
    if (spec.sliding() == 1) {
      return seconds(start(index), end(index), spec);
    }
    long from = start(Math.max(-lead, index - spec.sliding() + 1));
    return seconds(from, end(index), spec.withSpan(new TimeSpan(from, spec.span().to())));
  }

  /** The span to scan: the range, and what sliding figures reach over before it. */
  static TimeSpan scanned(QuerySpec spec) {
    BucketRule rule = Partial.rule(spec);
    TimeSpan span = spec.span();
    if (rule == null || spec.sliding() == 1 || span.openStart()) {
      return span;
    }
    long start = rule.start(span.from());
    for (int i = 1; i < spec.sliding(); i++) {
      start = rule.start(start - 1);
    }
    return new TimeSpan(start, span.to());
  }

  static double seconds(long from, long to, QuerySpec spec) {
    long first = Math.max(from, spec.span().from());
    long last = Math.min(Math.min(to, spec.span().to()), Micros.of(spec.now()));
    return Math.max(0, last - first) / (double) Micros.SECOND;
  }
}
