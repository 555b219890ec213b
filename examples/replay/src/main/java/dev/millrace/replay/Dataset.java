package dev.millrace.replay;

import java.io.IOException;
import java.util.stream.Stream;

/** Recorded events that can be read from the beginning any number of times. */
public interface Dataset {
  /** Names the set, and is part of its events' ids. */
  String name();

  /**
   * The events in the order of the file. To be closed.
   *
   * @throws IOException if the file can't be opened
   * @throws DataException from the stream, if a row can't be read
   */
  Stream<Recorded> events() throws IOException;
}
