package dev.millrace.server.storage.segments;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.segment.Segment;
import dev.millrace.server.log.segment.SegmentSummary;
import dev.millrace.server.log.segment.v1.SegmentReader;
import dev.millrace.server.log.segment.v1.SegmentWriter;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.Tables;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sealed segments of a shard. A segment's chunks are written first, in several transactions;
 * then one transaction publishes it: from then on it is part of every snapshot, and what it
 * replaces isn't. A crash in between leaves chunks that nothing names, which {@link #clean}
 * removes.
 *
 * <p>Opening reads the manifest only, never a segment. Writing, publishing, dropping and cleaning
 * belong to one caller at a time; everything else is thread-safe.
 */
public final class SegmentStore implements AutoCloseable {
  private static final int CHUNKS_CLEANED_AT_ONCE = 256;

  private final Tables tables;
  private final SegmentCache cache;
  private final Leftovers leftovers;
  private final Map<Integer, SealedState> states = new ConcurrentHashMap<>();
  private volatile Totals totals = Totals.NONE;
  // Ids are given again after a replacement, so what is cached mustn't be taken for theirs.
  private volatile Object owner = new Object();
  private long nextId;

  /**
   * What is sealed, all projects.
   *
   * @param segments how many segments
   * @param bytes of their chunks
   * @param events in them
   */
  public record Totals(long segments, long bytes, long events) {
    static final Totals NONE = new Totals(0, 0, 0);

    Totals plus(SegmentEntry entry) {
      return new Totals(segments + 1, bytes + entry.bytes(), events + entry.rows());
    }

    Totals minus(SegmentEntry entry) {
      return new Totals(segments - 1, bytes - entry.bytes(), events - entry.rows());
    }
  }

  /** Takes over the tables, unless it fails. */
  public SegmentStore(Tables tables, SegmentCache cache) {
    this.tables = tables;
    this.cache = cache;
    this.leftovers = new Leftovers(tables);
    load();
  }

  private void load() {
    leftovers.find();
    states.clear();
    try (ReadSnapshot snapshot = tables.snapshot()) {
      states.putAll(Manifest.states(snapshot));
      List<Totals> sum = new ArrayList<>(List.of(Totals.NONE));
      Manifest.forEach(snapshot, entry -> sum.set(0, sum.getFirst().plus(entry)));
      totals = sum.getFirst();
      nextId = lastId(snapshot) + 1;
    }
  }

  private static long lastId(TableReader tables) {
    long[] last = new long[1];
    tables.scanBackward(
        Table.SEGMENT_CHUNKS,
        SegmentKeys.chunk(Long.MAX_VALUE, Integer.MAX_VALUE),
        (key, value) -> {
          last[0] = key.getLong(0);
          return false;
        });
    return last[0];
  }

  /** Opens what is published. */
  public SegmentSnapshot snapshot() {
    return new SegmentSnapshot(tables.snapshot(), cache, owner);
  }

  /** How far a project is sealed by now. */
  public SealedState state(int project) {
    return states.getOrDefault(project, SealedState.FRESH);
  }

  /** All projects that have been sealed. */
  public Map<Integer, SealedState> states() {
    return Map.copyOf(states);
  }

  public Totals totals() {
    return totals;
  }

  /** Events that were dropped for their age. */
  public long droppedEvents() {
    return states.values().stream().mapToLong(SealedState::droppedEvents).sum();
  }

  /** Sizes of the tables. */
  public Tables.Usage usage() {
    return tables.usage();
  }

  /**
   * Writes a segment that isn't part of anything yet: {@link #publish} or {@link #abandon} it.
   *
   * @param fromSequence where the stretch begins that it stands for
   * @param toSequence where that ends, exclusive
   * @param blocks its events, at least one, in the order of sequences or sorted within
   */
  public SegmentEntry write(
      int project, long fromSequence, long toSequence, List<EventBlock> blocks) {
    long id = nextId++;
    ChunkWriter writer = new ChunkWriter(tables, id);
    try {
      SegmentSummary summary = SegmentWriter.write(blocks, writer);
      writer.finish();
      return SegmentEntry.of(project, fromSequence, toSequence, id, summary);
    } catch (RuntimeException | Error e) {
      writer.abort();
      leftovers.add(id);
      throw e;
    }
  }

  /** Lets go of a written segment. */
  public void abandon(SegmentEntry entry) {
    leftovers.add(entry.id());
  }

  /**
   * Changes which segments a project has, at once and durably.
   *
   * @param removed segments that don't count any more
   * @param added a segment that has been written, or null
   * @param state how far the project is sealed with that
   * @throws dev.millrace.server.error.StorageException nothing has changed
   */
  public void publish(
      int project, List<SegmentEntry> removed, @Nullable SegmentEntry added, SealedState state) {
    WriteTransaction transaction = tables.begin();
    try {
      for (SegmentEntry entry : removed) {
        transaction.delete(Table.SEGMENTS, entry.key());
      }
      if (added != null) {
        transaction.put(Table.SEGMENTS, added.key(), added.encode());
      }
      transaction.put(Table.SEALED, SegmentKeys.project(project), state.encode());
      transaction.commit();
    } catch (RuntimeException | Error e) {
      transaction.abort();
      throw e;
    }
    states.put(project, state);
    Totals after = totals;
    for (SegmentEntry entry : removed) {
      after = after.minus(entry);
      leftovers.add(entry.id());
      cache.forget(owner, entry.id());
    }
    totals = added == null ? after : after.plus(added);
  }

  /** Drops the segments whose latest event is before a time. */
  public void drop(int project, long retainedFrom) {
    List<SegmentEntry> old = older(project, retainedFrom);
    long events = old.stream().mapToLong(SegmentEntry::rows).sum();
    publish(project, old, null, state(project).advanced(0, retainedFrom, events));
  }

  /** The segments whose latest event is before a time. */
  public List<SegmentEntry> older(int project, long retainedFrom) {
    try (SegmentSnapshot snapshot = snapshot()) {
      ScanRange before = new ScanRange(Long.MIN_VALUE, retainedFrom, 0, Long.MAX_VALUE);
      return snapshot.find(project, before, Long.MIN_VALUE).stream()
          .filter(entry -> entry.maxTime() < retainedFrom)
          .toList();
    }
  }

  /**
   * Writes one segment with all that is in neighbours of one project: {@link #publish} it in their
   * place, or {@link #abandon} it.
   *
   * @param entries in the order of sequences, without others between them
   */
  public SegmentEntry merged(List<SegmentEntry> entries) {
    SegmentEntry first = entries.getFirst();
    try (SegmentSnapshot snapshot = snapshot()) {
      List<Piece> pieces = new ArrayList<>();
      for (SegmentEntry entry : entries) {
        // Not through the cache, where what is asked for should stay.
        Segment segment = SegmentReader.open(snapshot.chunks(entry), entry.what());
        for (int number = 0; number < segment.pieces(); number++) {
          pieces.add(new Piece(segment, number));
        }
      }
      return write(
          first.project(),
          first.fromSequence(),
          entries.getLast().toSequence(),
          new FreshBlocks<>(pieces, piece -> piece.segment.piece(piece.number)));
    }
  }

  private record Piece(Segment segment, int number) {}

  /** Segments by project, in the order of sequences. */
  public Map<Integer, List<SegmentEntry>> all() {
    Map<Integer, List<SegmentEntry>> all = new TreeMap<>();
    try (ReadSnapshot snapshot = tables.snapshot()) {
      Manifest.forEach(
          snapshot,
          entry -> all.computeIfAbsent(entry.project(), _ -> new ArrayList<>()).add(entry));
    }
    return all;
  }

  /**
   * Deletes some chunks that nothing names.
   *
   * @return whether there may be more
   */
  public boolean clean() {
    leftovers.clean(CHUNKS_CLEANED_AT_ONCE);
    return !leftovers.isEmpty();
  }

  /** Whether there are chunks that nothing names. */
  public boolean needsCleaning() {
    return !leftovers.isEmpty();
  }

  /** Copies what is published into an empty directory. */
  public void copyTo(Path directory) {
    tables.copyTo(directory);
  }

  /** Replaces everything by a copy that {@link #copyTo} made, while nothing is written. */
  public void replaceFrom(Path directory) {
    tables.replaceFrom(directory);
    owner = new Object();
    load();
  }

  /** Waits for snapshots and closes the tables. */
  @Override
  public void close() {
    tables.close();
  }
}
