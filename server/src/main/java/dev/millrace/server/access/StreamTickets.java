package dev.millrace.server.access;

import dev.millrace.server.error.ApiException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Tickets that stand in a URL in place of a key: each lets its holder open one stream, within a
 * minute, with the permission READ alone. Kept in memory, so a restart makes them void.
 * Thread-safe.
 */
public final class StreamTickets {
  private static final Duration VALID = Duration.ofMinutes(1);
  private static final int SECRET_BYTES = 24;

  /** Tickets that wait to be used; each holds about 300 bytes. */
  private static final int TICKETS_MAX = 10_000;

  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  // In the order in which they expire.
  private final Map<String, Entry> tickets = new LinkedHashMap<>();

  private record Entry(Caller caller, Instant expires) {}

  /** A ticket as it is given out. */
  public record Ticket(String secret, Instant expires) {}

  public StreamTickets(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Makes a ticket.
   *
   * @param project the one project it is for, checked
   * @throws ApiException.ResourceExhausted if too many wait to be used
   */
  public Ticket make(Caller caller, String project) {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Instant now = clock.instant();
    Entry entry =
        new Entry(new Caller(caller.name(), project, Set.of(Permission.READ)), now.plus(VALID));
    synchronized (this) {
      forget(now);
      if (tickets.size() >= TICKETS_MAX) {
        throw new ApiException.ResourceExhausted(
            "%,d tickets wait to be used, as many as may".formatted(TICKETS_MAX), VALID);
      }
      tickets.put(secret, entry);
    }
    return new Ticket(secret, entry.expires());
  }

  private void forget(Instant now) {
    Iterator<Entry> oldest = tickets.values().iterator();
    while (oldest.hasNext() && !oldest.next().expires().isAfter(now)) {
      oldest.remove();
    }
  }

  /**
   * Who comes with a ticket; it is used up by that.
   *
   * @throws ApiException.Unauthenticated if it isn't one, was used, or is too old
   */
  public synchronized Caller use(String secret) {
    Entry entry = tickets.remove(secret);
    if (entry == null || !entry.expires().isAfter(clock.instant())) {
      throw new ApiException.Unauthenticated(
          "the ticket isn't known, was used, or is older than a minute: get another one from"
              + " POST /v1/streamTickets");
    }
    return entry.caller();
  }
}
