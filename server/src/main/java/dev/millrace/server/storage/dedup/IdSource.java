package dev.millrace.server.storage.dedup;

import dev.millrace.server.storage.table.TableReader;

/** Ids in the order of their prefixes. Keeps nothing of a reader between calls. */
interface IdSource {
  /** Goes to the next id; false if there is none. */
  boolean next(TableReader tables);

  long prefix();

  long ordinal();
}
