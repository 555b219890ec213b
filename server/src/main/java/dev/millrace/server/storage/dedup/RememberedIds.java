package dev.millrace.server.storage.dedup;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ids of a shard's events, as hashes, for a while.
 *
 * <p>New ids go to a table in memory, which is made again from the log when a shard opens. A full
 * table is frozen and written out as a sorted run; runs of like size are merged; a run whose newest
 * event is too old is dropped. All of that rides on the shard's ordinary transactions in slices
 * ({@link #maintain}), and what it changes here happens in {@link #committed}, so that a failed
 * transaction leaves nothing behind.
 *
 * <p>Used by the shard's writer; {@link #count} and {@link #memoryBytes} by anyone.
 */
public final class RememberedIds implements AutoCloseable {
  private static final byte VERSION = 1;
  // The version, up to where ids are in runs, and the factor of prefixes.
  private static final int STATE_BYTES = 1 + 8 + 8;
  // Reading an id for a filter costs so much less than writing one.
  private static final int FILTER_BUDGET_FACTOR = 4;

  private final int tableIds;
  private final long windowMicros;
  private final MergeChoice mergeChoice;
  private final List<Run> runs = new ArrayList<>();
  private final RunLeftovers leftovers = new RunLeftovers();
  private final List<Run> expiring = new ArrayList<>();
  private IdPrefix prefixes = IdPrefix.random();
  // Used again and again: prefixes, and what marking needs.
  private long[] ofHashes = new long[0];
  private long[] buffer = new long[0];
  private IdTable active;
  private long oldestMicros = Long.MAX_VALUE;
  private long newestMicros = Long.MIN_VALUE;
  private RunJob.@Nullable FullTable full;
  private @Nullable RunJob flush;
  private @Nullable RunJob merge;
  // The one of them that had a step in the transaction under way.
  private @Nullable RunJob touched;
  private boolean touchedIsComplete;
  private int nextRun;
  private long flushedTo;
  private volatile long count;
  private volatile long memoryBytes;

  private RememberedIds(int tableIds, Duration window) {
    this.tableIds = tableIds;
    this.windowMicros = window.toNanos() / 1_000;
    this.mergeChoice = new MergeChoice(tableIds, windowMicros);
    this.active = new IdTable(0);
  }

  /**
   * Loads the runs. Ids of events from {@link #flushedTo} on are to be added by the caller then.
   *
   * @param tableIds how many ids are kept in memory before they are written out
   * @param window how long ids are remembered at least
   */
  public static RememberedIds load(TableReader tables, int tableIds, Duration window) {
    RememberedIds ids = new RememberedIds(tableIds, window);
    try {
      ids.load(tables);
    } catch (StorageException e) {
      ids.close();
      throw e;
    }
    return ids;
  }

  private void load(TableReader tables) {
    ByteBuffer state = tables.get(Table.DEDUP, RunKeys.state());
    if (state != null) {
      if (state.get(0) > VERSION) {
        throw new StorageException.TooNew("remembered ids", state.get(0), VERSION);
      }
      flushedTo = state.getLong(1);
      prefixes = new IdPrefix(state.getLong(9));
    }
    active = new IdTable(flushedTo);
    Set<Integer> left = RunLeftovers.find(tables);
    List<RunManifest> manifests = new ArrayList<>();
    tables.scan(
        Table.DEDUP,
        RunKeys.manifest(0),
        (key, value) -> {
          boolean manifest = key.get(0) == RunKeys.MANIFEST;
          if (manifest) {
            manifests.add(RunManifest.decode(RunKeys.run(key), value));
          }
          return manifest;
        });
    for (int run : left) {
      nextRun = Math.max(nextRun, run + 1);
    }
    for (RunManifest manifest : manifests) {
      runs.add(Run.load(manifest, tables));
      left.remove(manifest.run());
      nextRun = Math.max(nextRun, manifest.run() + 1);
    }
    left.forEach(leftovers::add);
    measure();
  }

  /** Events with smaller ordinals are in runs, or forgotten. */
  public long flushedTo() {
    return flushedTo;
  }

  /** How many ids are remembered. */
  public long count() {
    return count;
  }

  /** The memory they take, on the heap and off it. */
  public long memoryBytes() {
    return memoryBytes;
  }

  /**
   * Remembers committed events.
   *
   * @param hashes of the events' ids, the first {@code count}
   * @param firstOrdinal the number of the first; the others follow it
   */
  public void add(long[] hashes, int count, long firstOrdinal, long acceptedMicros) {
    active.addAll(prefixes(hashes, count), count, firstOrdinal);
    oldestMicros = Math.min(oldestMicros, acceptedMicros);
    newestMicros = Math.max(newestMicros, acceptedMicros);
  }

  private long[] prefixes(long[] hashes, int count) {
    if (ofHashes.length < count) {
      ofHashes = new long[Math.max(count, ofHashes.length * 2)];
      buffer = new long[ofHashes.length];
    }
    long[] to = ofHashes;
    IdPrefix prefix = prefixes;
    for (int i = 0; i < count; i++) {
      to[i] = prefix.of(hashes[i]);
    }
    return to;
  }

  /**
   * Says which hashes may be remembered. Goes through the hashes once for each filter, so that the
   * processor can wait for many cache misses at a time.
   *
   * @param marks set to 0 for hashes that aren't remembered, to 1 for others
   */
  public void mark(long[] hashes, int count, byte[] marks) {
    Arrays.fill(marks, 0, count, (byte) 0);
    long[] looked = prefixes(hashes, count);
    active.mark(looked, count, marks, buffer);
    if (full != null) {
      full.table().mark(looked, count, marks, buffer);
    }
    for (Run run : runs) {
      run.mark(looked, count, marks);
    }
  }

  /** Visits the events that may have a hash, until the visitor has seen enough. */
  public void find(TableReader tables, long hash, Candidates candidates) {
    long prefix = prefixes.of(hash);
    if (!active.find(prefix, candidates)
        || (full != null && !full.table().find(prefix, candidates))) {
      return;
    }
    for (Run run : runs) {
      if (!run.find(tables, prefix, candidates)) {
        return;
      }
    }
  }

  /** Whether {@link #maintain} would do something. */
  public boolean hasWork() {
    return full != null
        || merge != null
        || !leftovers.isEmpty()
        || runWithoutFilter() != null
        || !mergeable().isEmpty();
  }

  private @Nullable Run runWithoutFilter() {
    for (Run run : runs) {
      if (!run.hasFilter()) {
        return run;
      }
    }
    return null;
  }

  /**
   * Does a slice of what is to be done. Call {@link #committed} or {@link #aborted} after.
   *
   * @param budget about how many ids to write
   * @param nowMicros the shard's clock
   */
  public void maintain(WriteTransaction transaction, int budget, long nowMicros) {
    leftovers.clean(transaction);
    expire(transaction, nowMicros);
    Run unfiltered = runWithoutFilter();
    if (unfiltered != null) {
      unfiltered.makeFilter(
          transaction, (int) Math.min(Integer.MAX_VALUE, FILTER_BUDGET_FACTOR * (long) budget));
    }
    RunJob job = currentJob();
    if (job == null) {
      return;
    }
    touched = job;
    // Falling behind costs a long transaction now and then, never memory.
    boolean behind = full != null && active.size() >= tableIds;
    touchedIsComplete = job.step(transaction, behind ? Integer.MAX_VALUE : budget);
    if (touchedIsComplete && job.flushed() != null) {
      transaction.put(Table.DEDUP, RunKeys.state(), state(job.endOrdinal()));
    }
  }

  private ByteBuffer state(long flushed) {
    ByteBuffer state = ByteBuffer.allocate(STATE_BYTES);
    return state.put(VERSION).putLong(flushed).putLong(prefixes.factor()).flip();
  }

  private void expire(WriteTransaction transaction, long nowMicros) {
    for (Run run : runs) {
      boolean old = run.manifest().newestMicros() < nowMicros - windowMicros;
      if (old && (merge == null || !merge.replaced().contains(run))) {
        transaction.delete(Table.DEDUP, RunKeys.manifest(run.manifest().run()));
        expiring.add(run);
      }
    }
  }

  // A merge stands still while a full table waits.
  private @Nullable RunJob currentJob() {
    if (full != null) {
      if (flush == null) {
        flush = RunJob.flush(nextRun++, full);
      }
      return flush;
    }
    if (merge == null) {
      List<Run> merged = mergeable();
      merge = merged.isEmpty() ? null : RunJob.merge(nextRun++, merged);
    }
    return merge;
  }

  private List<Run> mergeable() {
    List<Run> live = new ArrayList<>(runs);
    live.removeAll(expiring);
    return mergeChoice.of(live);
  }

  /**
   * The transaction is durable, and its events have been added.
   *
   * @param nextOrdinal the ordinal of the next event
   */
  public void committed(long nextOrdinal) {
    leftovers.committed();
    for (Run run : expiring) {
      forget(run);
    }
    expiring.clear();
    if (touched != null && touchedIsComplete) {
      finish(touched);
    }
    touched = null;
    touchedIsComplete = false;
    if (active.size() >= tableIds && full == null) {
      full = new RunJob.FullTable(active, nextOrdinal, oldestMicros, newestMicros);
      active = new IdTable(nextOrdinal);
      oldestMicros = Long.MAX_VALUE;
      newestMicros = Long.MIN_VALUE;
    }
    measure();
  }

  private void finish(RunJob finished) {
    runs.add(finished.result());
    if (finished.flushed() != null) {
      flush = null;
      full = null;
      flushedTo = finished.endOrdinal();
    } else {
      merge = null;
    }
    finished.replaced().forEach(this::forget);
  }

  private void forget(Run run) {
    runs.remove(run);
    leftovers.add(run.manifest().run());
    run.close();
  }

  /** The transaction has not happened. What it wrote of a run is begun again. */
  public void aborted() {
    leftovers.aborted();
    expiring.clear();
    RunJob job = touched;
    if (job != null) {
      job.cancel();
      leftovers.add(job.run());
      flush = job == flush ? null : flush;
      merge = job == merge ? null : merge;
    }
    touched = null;
    touchedIsComplete = false;
  }

  private void measure() {
    long ids = active.size() + (full == null ? 0L : full.table().size());
    long bytes = active.memoryBytes() + (full == null ? 0L : full.table().memoryBytes());
    for (Run run : runs) {
      ids += run.manifest().ids();
      bytes += run.memoryBytes();
    }
    count = ids;
    memoryBytes = bytes;
  }

  @Override
  public void close() {
    for (RunJob job : new RunJob[] {flush, merge}) {
      if (job != null) {
        job.cancel();
      }
    }
    flush = null;
    merge = null;
    runs.forEach(Run::close);
    runs.clear();
  }
}
