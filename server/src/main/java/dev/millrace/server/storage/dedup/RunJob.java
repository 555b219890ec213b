package dev.millrace.server.storage.dedup;

import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.WriteTransaction;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a run, slice by slice, in whatever transactions come along: from a full table, or from
 * smaller runs. Only the last slice writes the manifest, so a run that was begun and not finished
 * is nothing but left-overs.
 */
final class RunJob {
  private static final int AT_A_TIME = 1024;

  private final int run;
  private final RunManifest outline;
  private final IdSource source;
  private final List<Run> replaced;
  private final @Nullable IdTable flushed;
  private final RunFilter filter;
  private final RunChunkWriter writer;
  private final long[] prefixes = new long[AT_A_TIME];
  private final long[] ordinals = new long[AT_A_TIME];
  private long[] firstPrefixes = new long[16];
  private int chunks;
  private long ids;
  private @Nullable Run result;

  private RunJob(
      RunManifest outline, IdSource source, List<Run> replaced, @Nullable IdTable flushed) {
    this.run = outline.run();
    this.outline = outline;
    this.source = source;
    this.replaced = replaced;
    this.flushed = flushed;
    this.filter = new RunFilter(outline.ids());
    this.writer = new RunChunkWriter(outline.baseOrdinal(), outline.endOrdinal(), outline.ids());
  }

  /** Writes a table out. */
  static RunJob flush(int run, FullTable full) {
    IdTable table = full.table();
    RunManifest outline =
        new RunManifest(
            run,
            table.size(),
            table.base(),
            full.endOrdinal(),
            full.oldestMicros(),
            full.newestMicros(),
            0);
    return new RunJob(outline, new IdTableSource(table), List.of(), table);
  }

  /** Makes one run of several. */
  static RunJob merge(int run, List<Run> runs) {
    List<RunManifest> manifests = runs.stream().map(Run::manifest).toList();
    RunManifest outline =
        new RunManifest(
            run,
            manifests.stream().mapToLong(RunManifest::ids).sum(),
            manifests.stream().mapToLong(RunManifest::baseOrdinal).min().orElseThrow(),
            manifests.stream().mapToLong(RunManifest::endOrdinal).max().orElseThrow(),
            manifests.stream().mapToLong(RunManifest::oldestMicros).min().orElseThrow(),
            manifests.stream().mapToLong(RunManifest::newestMicros).max().orElseThrow(),
            0);
    return new RunJob(
        outline, new MergeSource(runs.stream().map(RunCursor::new).toList()), runs, null);
  }

  int run() {
    return run;
  }

  List<Run> replaced() {
    return replaced;
  }

  /** The table that was written out, if it was one. */
  @Nullable IdTable flushed() {
    return flushed;
  }

  long endOrdinal() {
    return outline.endOrdinal();
  }

  /** The run, once a step has returned true and was committed. */
  Run result() {
    if (result == null) {
      throw new IllegalStateException("not finished");
    }
    return result;
  }

  /** Frees what an unfinished job holds. */
  void cancel() {
    filter.close();
  }

  /**
   * Goes on.
   *
   * @param budget about how many ids to write
   * @return whether the run is complete
   */
  boolean step(WriteTransaction transaction, int budget) {
    for (int left = budget; left > 0; ) {
      int count = source.fill(transaction, prefixes, ordinals, Math.min(left, prefixes.length));
      if (count == 0) {
        if (writer.ids() > 0) {
          putChunk(transaction);
        }
        finish(transaction);
        return true;
      }
      filter.addAll(prefixes, count);
      write(transaction, count);
      left -= count;
    }
    return false;
  }

  private void write(WriteTransaction transaction, int count) {
    for (int from = 0; from < count; ) {
      if (writer.ids() == 0) {
        if (chunks == firstPrefixes.length) {
          firstPrefixes = Arrays.copyOf(firstPrefixes, chunks * 2);
        }
        firstPrefixes[chunks] = prefixes[from];
      }
      from = writer.add(prefixes, ordinals, from, count);
      if (from < count) {
        putChunk(transaction);
      }
    }
    ids += count;
  }

  private void putChunk(WriteTransaction transaction) {
    transaction.put(Table.DEDUP, RunKeys.chunk(run, chunks++), writer.finish());
  }

  private void finish(WriteTransaction transaction) {
    RunManifest manifest =
        new RunManifest(
            run,
            ids,
            outline.baseOrdinal(),
            outline.endOrdinal(),
            outline.oldestMicros(),
            outline.newestMicros(),
            chunks);
    transaction.put(Table.DEDUP, RunKeys.manifest(run), manifest.encode());
    for (Run old : replaced) {
      transaction.delete(Table.DEDUP, RunKeys.manifest(old.manifest().run()));
    }
    result = new Run(manifest, filter, Arrays.copyOf(firstPrefixes, chunks));
  }

  /** A table that gets no more ids. */
  record FullTable(IdTable table, long endOrdinal, long oldestMicros, long newestMicros) {}
}
