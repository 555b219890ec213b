package dev.millrace.client;

import dev.millrace.v1.RejectedEvent;
import java.util.List;

/**
 * What became of a batch that the server has acknowledged: what it stored is on disk and visible to
 * queries.
 *
 * @param batchNumber the batch's number, from 1
 * @param events the events it held
 * @param accepted events stored
 * @param duplicates events that had been stored before
 * @param filtered events left out by a rule of the server's configuration
 * @param rejected events that broke a rule; their indexes are places in the batch, from 0
 * @param position a state that includes the batch, for {@code minPosition} of a query
 */
public record BatchOutcome(
    long batchNumber,
    int events,
    long accepted,
    long duplicates,
    long filtered,
    List<RejectedEvent> rejected,
    String position) {

  /** Keeps a copy of the list. */
  public BatchOutcome {
    rejected = List.copyOf(rejected);
  }
}
