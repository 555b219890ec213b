package dev.millrace.server.storage.dedup;

import dev.millrace.server.storage.table.TableReader;

/** Ids in the order of their prefixes, some at a time. Not thread-safe. */
sealed interface IdSource permits IdTableSource, MergeSource {
  /**
   * Takes the next ids.
   *
   * @param max how many at most, above 0; the arrays are as long
   * @return how many were taken, 0 if there are no more
   */
  int fill(TableReader tables, long[] prefixes, long[] ordinals, int max);
}
