package dev.millrace.server.storage.dedup;

import dev.millrace.server.storage.table.TableReader;

/** Ids in the order of their prefixes, one after the other. Not thread-safe. */
sealed interface IdSource permits IdTableSource, MergeSource {
  /** Moves to the next id; false if there is none. The first call moves to the first. */
  boolean next(TableReader tables);

  long prefix();

  long ordinal();
}
