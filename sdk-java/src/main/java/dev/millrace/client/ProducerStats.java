package dev.millrace.client;

/**
 * A producer's figures since it was made.
 *
 * @param accepted events stored
 * @param duplicates events that had been stored before
 * @param filtered events left out by a rule of the server's configuration
 * @param rejected events that broke a rule
 * @param batches batches acknowledged
 * @param retries streams that ended before their time and were taken up again
 * @param bufferedEvents events not yet acknowledged
 * @param bufferedBytes the bytes of those
 */
public record ProducerStats(
    long accepted,
    long duplicates,
    long filtered,
    long rejected,
    long batches,
    long retries,
    long bufferedEvents,
    long bufferedBytes) {

  /** Events whose fate is known. */
  public long answered() {
    return accepted + duplicates + filtered + rejected;
  }
}
