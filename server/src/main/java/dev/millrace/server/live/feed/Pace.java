package dev.millrace.server.live.feed;

import java.time.Duration;

/**
 * How often questions are evaluated.
 *
 * @param tick the time after which one that time alone changes is evaluated without any commit
 * @param rest after an evaluation that took some time, the next one waits this many times as long,
 *     so that one question takes at most 1 / (1 + rest) of the threads it runs on
 * @param linger how long a question without subscribers is kept, so that a reader who comes back
 *     gets what changed instead of everything
 */
public record Pace(Duration tick, int rest, Duration linger) {
  public static final Pace DEFAULT = new Pace(Duration.ofSeconds(1), 4, Duration.ofSeconds(30));
}
