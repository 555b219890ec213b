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
    return index < size || nextChunk(tables);
  }

  private boolean nextChunk(TableReader tables) {
    index = 0;
    size = 0;
    while (size == 0) {
      if (nextChunk == run.manifest().chunks()) {
        return false;
      }
      RunChunk chunk = run.verifiedChunk(tables, nextChunk);
      size = chunk.ids();
      if (prefixes.length < size) {
        prefixes = new long[size];
        ordinals = new long[size];
      }
      chunk.decode(prefixes, ordinals);
      // Not before: a chunk that couldn't be read is asked for again.
      nextChunk++;
    }
    return true;
  }

  /** Moves to the next chunk, for whoever wants its {@link #prefixes} at once; 0 at the end. */
  int nextPrefixes(TableReader tables) {
    return nextChunk(tables) ? size : 0;
  }

  long[] prefixes() {
    return prefixes;
  }

  long prefix() {
    return prefixes[index];
  }

  long ordinal() {
    return ordinals[index];
  }
}
