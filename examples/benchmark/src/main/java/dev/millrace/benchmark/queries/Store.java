package dev.millrace.benchmark.queries;

import java.util.SortedMap;

/** An engine with the events in it, to be asked by one thread. */
interface Store extends AutoCloseable {
  String name();

  /** Stores the events and settles. */
  void load(ShopEvents events) throws Exception;

  /** Asks and reads the whole answer. */
  Answer ask(Question question) throws Exception;

  /** What the events take on disk. */
  long bytes() throws Exception;

  @Override
  void close() throws Exception;

  /**
   * An answer.
   *
   * @param rows figures by time, name or rank
   * @param engineNanos the time that the engine took, without a network where there is one
   * @param clientNanos the time that the caller took
   */
  record Answer(SortedMap<String, double[]> rows, long engineNanos, long clientNanos) {}
}
