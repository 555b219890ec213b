package dev.millrace.server.storage.dedup;

import dev.millrace.server.storage.table.TableReader;

/** Walks all ids of a run in order, chunk after chunk. Not thread-safe. */
final class RunCursor {
  private final Run run;
  private int nextChunk;
  private long[] prefixes = new long[0];
  private long[] ordinals = new long[0];
  private int size;
  private int index = -1;

  RunCursor(Run run) {
    this.run = run;
  }

  /** Moves to the next id; false if there is none. The first call moves to the first. */
  boolean next(TableReader tables) {
    index++;
    while (index == size) {
      if (nextChunk == run.manifest().chunks()) {
        return false;
      }
      RunChunk chunk = run.verifiedChunk(tables, nextChunk++);
      size = chunk.ids();
      if (prefixes.length < size) {
        prefixes = new long[size];
        ordinals = new long[size];
      }
      chunk.decode(prefixes, ordinals);
      index = 0;
    }
    return true;
  }

  long prefix() {
    return prefixes[index];
  }

  long ordinal() {
    return ordinals[index];
  }
}
