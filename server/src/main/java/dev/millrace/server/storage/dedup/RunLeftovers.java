package dev.millrace.server.storage.dedup;

import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Pieces of runs that don't exist any more, or never came to be, on their way out. */
final class RunLeftovers {
  private static final int PIECES_AT_A_TIME = 128;

  private final Deque<Integer> runs = new ArrayDeque<>();
  private boolean firstIsGone;

  boolean isEmpty() {
    return runs.isEmpty();
  }

  void add(int run) {
    runs.add(run);
  }

  /** Deletes some pieces. */
  void clean(WriteTransaction transaction) {
    firstIsGone = false;
    Integer run = runs.peek();
    if (run == null) {
      return;
    }
    List<byte[]> keys = new ArrayList<>();
    transaction.scan(
        Table.DEDUP,
        RunKeys.chunk(run, 0),
        (key, value) -> {
          boolean ours =
              keys.size() < PIECES_AT_A_TIME
                  && key.get(0) == RunKeys.CHUNK
                  && RunKeys.run(key) == run;
          if (ours) {
            keys.add(bytes(key));
          }
          return ours;
        });
    for (byte[] key : keys) {
      transaction.delete(Table.DEDUP, key);
    }
    firstIsGone = keys.size() < PIECES_AT_A_TIME;
  }

  /** The transaction of {@link #clean} is durable. */
  void committed() {
    if (firstIsGone) {
      runs.remove();
    }
    firstIsGone = false;
  }

  /** The transaction of {@link #clean} has not happened. */
  void aborted() {
    firstIsGone = false;
  }

  /** The numbers of all runs that have pieces. */
  static Set<Integer> find(TableReader tables) {
    Set<Integer> found = new TreeSet<>();
    int[] next = {0};
    while (next[0] >= 0) {
      int from = next[0];
      next[0] = -1;
      tables.scan(
          Table.DEDUP,
          RunKeys.chunk(from, 0),
          (key, value) -> {
            if (key.get(0) == RunKeys.CHUNK) {
              found.add(RunKeys.run(key));
              next[0] = RunKeys.run(key) + 1;
            }
            return false;
          });
    }
    return found;
  }

  private static byte[] bytes(ByteBuffer key) {
    byte[] copy = new byte[key.remaining()];
    key.get(0, copy);
    return copy;
  }
}
