package dev.millrace.server.ingest;

/**
 * How fast one key may send events.
 *
 * @param eventsPerSecond events a second in the long run, at least 1
 * @param burst events at once after a quiet time, at least 1
 */
public record RateLimit(long eventsPerSecond, long burst) {
  public RateLimit {
    if (eventsPerSecond < 1 || burst < 1) {
      throw new IllegalArgumentException(
          "a rate limit must be at least 1, found %d a second, burst %d"
              .formatted(eventsPerSecond, burst));
    }
  }
}
