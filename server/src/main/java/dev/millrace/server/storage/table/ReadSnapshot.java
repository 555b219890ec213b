package dev.millrace.server.storage.table;

/** The tables as they were when it was opened. Holds back reclaimed space until it is closed. */
public interface ReadSnapshot extends TableReader, AutoCloseable {
  @Override
  void close();
}
