package dev.millrace.server.storage.dedup;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A sorted, immutable piece of what is remembered. One that was loaded has no filter at first: it
 * may contain everything until {@link #makeFilter} is done. Used by the shard's writer.
 */
final class Run implements AutoCloseable {
  private final RunManifest manifest;
  private final long[] firstPrefixes;
  private final BitSet verified = new BitSet();
  private @Nullable RunFilter filter;
  private @Nullable RunFilter unfinishedFilter;
  private @Nullable RunCursor filtered;

  /**
   * @param filter null if it has to be made yet
   * @param firstPrefixes the first prefix of each chunk
   */
  Run(RunManifest manifest, @Nullable RunFilter filter, long[] firstPrefixes) {
    this.manifest = manifest;
    this.filter = filter;
    this.firstPrefixes = firstPrefixes;
  }

  static Run load(RunManifest manifest, TableReader tables) {
    long[] firstPrefixes = new long[manifest.chunks()];
    for (int i = 0; i < firstPrefixes.length; i++) {
      firstPrefixes[i] = chunk(tables, manifest, i).firstPrefix();
    }
    return new Run(manifest, null, firstPrefixes);
  }

  private static RunChunk chunk(TableReader tables, RunManifest manifest, int index) {
    ByteBuffer chunk = tables.get(Table.DEDUP, RunKeys.chunk(manifest.run(), index));
    if (chunk == null) {
      throw new StorageException.Corrupt(what(manifest) + " lacks chunk " + index, null);
    }
    return new RunChunk(chunk, manifest.baseOrdinal(), what(manifest));
  }

  private static String what(RunManifest manifest) {
    return "run " + manifest.run() + " of remembered ids";
  }

  RunManifest manifest() {
    return manifest;
  }

  long memoryBytes() {
    RunFilter held = filter != null ? filter : unfinishedFilter;
    return (held == null ? 0 : held.bytes()) + 8L * firstPrefixes.length;
  }

  boolean hasFilter() {
    return filter != null;
  }

  /**
   * Reads some more of the run for its filter.
   *
   * @param budget about how many ids to read
   */
  void makeFilter(TableReader tables, int budget) {
    RunFilter making = unfinishedFilter;
    RunCursor cursor = filtered;
    if (making == null || cursor == null) {
      making = new RunFilter(manifest.ids());
      cursor = new RunCursor(this);
      unfinishedFilter = making;
      filtered = cursor;
    }
    for (int left = budget; left > 0; ) {
      int count = cursor.nextPrefixes(tables);
      if (count == 0) {
        filter = making;
        unfinishedFilter = null;
        filtered = null;
        return;
      }
      making.addAll(cursor.prefixes(), count);
      left -= count;
    }
  }

  /** Sets the marks of prefixes that the run may have to 1. */
  void mark(long[] prefixes, int count, byte[] marks) {
    RunFilter ready = filter;
    if (ready == null) {
      Arrays.fill(marks, 0, count, (byte) 1);
    } else {
      ready.mark(prefixes, count, marks);
    }
  }

  /** Visits the ordinals of a prefix; returns whether to go on looking elsewhere. */
  boolean find(TableReader tables, long prefix, Candidates candidates) {
    RunFilter ready = filter;
    if (ready != null && !ready.mayContain(prefix)) {
      return true;
    }
    int at = Arrays.binarySearch(firstPrefixes, prefix);
    at = at < 0 ? -at - 1 : at;
    // Ids of one prefix may begin in an earlier chunk than the first that starts with it.
    while (at > 0 && (at == firstPrefixes.length || firstPrefixes[at] >= prefix)) {
      at--;
    }
    for (; at < firstPrefixes.length && firstPrefixes[at] <= prefix; at++) {
      if (!verifiedChunk(tables, at).find(prefix, candidates)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A chunk of the run.
   *
   * @throws StorageException.Corrupt if its bytes aren't those that were written
   */
  RunChunk verifiedChunk(TableReader tables, int index) {
    RunChunk chunk = chunk(tables, manifest, index);
    // Once for each chunk and process: a checksum takes longer than a look-up.
    if (!verified.get(index)) {
      chunk.verify(what(manifest) + ", chunk " + index);
      verified.set(index);
    }
    return chunk;
  }

  @Override
  public void close() {
    for (RunFilter held : new RunFilter[] {filter, unfinishedFilter}) {
      if (held != null) {
        held.close();
      }
    }
  }
}
