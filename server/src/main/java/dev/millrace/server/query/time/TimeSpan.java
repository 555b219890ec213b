package dev.millrace.server.query.time;

/**
 * The times [from, to), microseconds since 1970.
 *
 * @param from the first; {@link Long#MIN_VALUE} if open
 * @param to the first after; {@link Long#MAX_VALUE} if open
 */
public record TimeSpan(long from, long to) {
  /** All time. */
  public static final TimeSpan ALL = new TimeSpan(Long.MIN_VALUE, Long.MAX_VALUE);

  public boolean openStart() {
    return from == Long.MIN_VALUE;
  }

  public boolean openEnd() {
    return to == Long.MAX_VALUE;
  }

  public boolean contains(long time) {
    return time >= from && time < to;
  }

  /**
   * This span, ended as long after its start as now is after the start of another, if that isn't
   * over.
   */
  public TimeSpan cutLike(TimeSpan other, long now) {
    if (now >= other.to) {
      return this;
    }
    return new TimeSpan(from, Math.min(to, from + Math.max(0, now - other.from)));
  }
}
