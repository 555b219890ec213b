package dev.millrace.replay;

import dev.millrace.client.Event;
import java.time.Instant;

/**
 * How the lines of a file become events. Stateless but for what it has read before the first line.
 */
interface Format {
  /** Whether the first line names the columns. */
  boolean hasHeader();

  /**
   * Reads one line.
   *
   * @throws RuntimeException of any kind if the line isn't of the format
   */
  Line read(String line);

  /** What a line says. */
  record Line(Instant time, Event.Builder event) {}
}
