package dev.millrace.server.storage.node;

import dev.millrace.server.event.EventBatch;
import java.util.Arrays;

/** Which rows of a batch go to which shard. */
final class Routing {
  private Routing() {}

  /** The shard of a user; part of the stored format. */
  static int shard(long userHash, int shards) {
    return shards == 1 ? 0 : (int) Long.remainderUnsigned(userHash, shards);
  }

  /** For each shard its rows, ascending. */
  static int[][] rows(EventBatch batch, int shards) {
    int size = batch.size();
    int[][] rows = new int[shards][shards == 1 ? size : Math.min(size, size / shards + 16)];
    int[] counts = new int[shards];
    for (int row = 0; row < size; row++) {
      if (batch.live(row)) {
        int shard = shard(batch.userHash(row), shards);
        if (counts[shard] == rows[shard].length) {
          rows[shard] = Arrays.copyOf(rows[shard], size);
        }
        rows[shard][counts[shard]++] = row;
      }
    }
    for (int shard = 0; shard < shards; shard++) {
      if (counts[shard] < rows[shard].length) {
        rows[shard] = Arrays.copyOf(rows[shard], counts[shard]);
      }
    }
    return rows;
  }
}
