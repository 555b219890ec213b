package dev.millrace.server.storage;

import dev.millrace.server.event.EventBatch;
import java.util.List;

/** A change to what a store keeps, as a value: a backend differs only in how it becomes durable. */
public sealed interface Mutation {
  /** The project concerned, 1 to 63 characters. */
  String project();

  /**
   * Adds a batch of events, and keeps its rejections.
   *
   * @param batch stamped and hashed
   */
  record AppendEvents(String project, EventBatch batch) implements Mutation {}

  /** Lets go of rejected events that were dealt with. */
  record DropRejections(String project, List<String> ids) implements Mutation {}

  /**
   * Lets go of events for their age: of every segment, and every block that isn't sealed yet, whose
   * latest event is before a time. They go as a whole, so some events before the time may stay.
   *
   * @param beforeMicros event time, microseconds since 1970
   */
  record DropEvents(String project, long beforeMicros) implements Mutation {}
}
