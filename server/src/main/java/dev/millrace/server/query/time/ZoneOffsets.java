package dev.millrace.server.query.time;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * The offsets of a zone, fast for times that lie close together: it remembers the stretch of time
 * between two transitions that it was last asked about. Not thread-safe.
 */
public final class ZoneOffsets {
  private final ZoneId zone;
  private final ZoneRules rules;
  private long from = 1;
  private long to;
  private long offset;

  public ZoneOffsets(ZoneId zone) {
    this.zone = zone;
    this.rules = zone.getRules();
  }

  public ZoneId zone() {
    return zone;
  }

  /** What to add to a time to get the zone's wall clock, in microseconds. */
  public long offset(long micros) {
    locate(micros);
    return offset;
  }

  /** The time as the zone's wall clock shows it, as if it were UTC. */
  public long local(long micros) {
    return micros + offset(micros);
  }

  /** When the offset that holds at a time began; {@link Long#MIN_VALUE} if it always did. */
  public long offsetFrom(long micros) {
    locate(micros);
    return from;
  }

  /** When the offset that holds at a time ends; {@link Long#MAX_VALUE} if never. */
  public long offsetTo(long micros) {
    locate(micros);
    return to;
  }

  private void locate(long micros) {
    if (micros >= from && micros < to) {
      return;
    }
    Instant instant = Micros.instant(micros);
    offset = rules.getOffset(instant).getTotalSeconds() * Micros.SECOND;
    ZoneOffsetTransition next = rules.nextTransition(instant);
    to = next == null ? Long.MAX_VALUE : Micros.of(next.getInstant());
    // Asked from one nanosecond later, since a transition at this very instant has happened.
    ZoneOffsetTransition previous = rules.previousTransition(instant.plusNanos(1));
    from = previous == null ? Long.MIN_VALUE : Micros.of(previous.getInstant());
  }
}
