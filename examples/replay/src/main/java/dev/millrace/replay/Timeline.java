package dev.millrace.replay;

import java.time.Duration;
import java.time.Instant;

/**
 * Says when a recorded event is due, and which time it gets. Up to a pivot events are due at once;
 * after it, each when as much time has passed as lay between the two, divided by a factor. An
 * event's new time is that same instant, so that events look as if they happened now, or its old
 * one.
 *
 * @param pivot the recorded instant at which events begin to wait
 * @param target what the pivot becomes
 * @param factor how many times faster than recorded the time after the pivot goes by; more than 0
 * @param moves whether events get new times
 */
public record Timeline(Instant pivot, Instant target, double factor, boolean moves) {
  /** Later than any event, and with room to be moved. */
  private static final Instant NEVER = Instant.parse("9999-12-31T23:59:59Z");

  /** Checks the factor. */
  public Timeline {
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("a factor must be more than 0, not " + factor);
    }
  }

  /** Everything at its own time and at once. */
  public static Timeline asRecorded() {
    return new Timeline(NEVER, NEVER, 1, false);
  }

  /** Everything at once, moved so that one instant becomes another. */
  public static Timeline moved(Instant from, Instant to) {
    return new Timeline(NEVER, NEVER.plus(Duration.between(from, to)), 1, true);
  }

  /** The time that an event gets. */
  public Instant at(Instant recorded) {
    return moves ? due(recorded) : recorded;
  }

  /** When an event is due, if it {@link #waits}. */
  public Instant due(Instant recorded) {
    Duration distance = Duration.between(pivot, recorded);
    if (distance.isNegative()) {
      return target.plus(distance);
    }
    return target.plusNanos((long) (distance.toNanos() / factor));
  }

  /** Whether an event of that time must wait until it is due. */
  public boolean waits(Instant recorded) {
    return recorded.isAfter(pivot);
  }
}
