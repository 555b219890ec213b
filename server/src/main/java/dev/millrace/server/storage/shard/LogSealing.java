package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.segments.FreshBlocks;
import dev.millrace.server.storage.segments.Merging;
import dev.millrace.server.storage.segments.SealedState;
import dev.millrace.server.storage.segments.SealingLimits;
import dev.millrace.server.storage.segments.SegmentEntry;
import dev.millrace.server.storage.segments.SegmentSnapshot;
import dev.millrace.server.storage.segments.SegmentStore;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Tables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns blocks of a shard's log into segments, and small segments into larger ones, beside the
 * writer: reads through snapshots and writes to tables of its own. Thread-safe; one step at a time.
 *
 * <p>What is published counts at once; the writer removes the blocks afterwards. Until then an
 * event is in both places, and readers take the segment's.
 */
public final class LogSealing {
  private static final Logger logger = LoggerFactory.getLogger(LogSealing.class);
  private static final int BYTES_ASKED_TIMES = 16;

  private final ReentrantLock working = new ReentrantLock();
  // Held while segments are published, and while the writer makes it durable that events go.
  private final ReentrantLock publishing = new ReentrantLock();
  private final Tables log;
  private final SegmentStore segments;
  private final Catalog catalog;
  private final Retirement retirement;
  private final SealingLimits limits;
  private final Merging merging;
  // By project the sequence up to which bytes were counted, and those that can't be read any more.
  private final Map<Integer, Long> bytesAskedAt = new HashMap<>();
  private final Set<Integer> corrupt = new HashSet<>();
  private final LongAdder sealedNanos = new LongAdder();
  private final LongAdder sealedEvents = new LongAdder();
  private final LongAdder mergedNanos = new LongAdder();
  private final LongAdder mergedEvents = new LongAdder();
  private volatile boolean mayMerge = true;

  /**
   * What has been done since the shard was opened.
   *
   * @param sealedEvents events written by sealing
   * @param sealedNanos time that took
   * @param mergedEvents events written by merging
   * @param mergedNanos time that took
   */
  public record Work(long sealedEvents, long sealedNanos, long mergedEvents, long mergedNanos) {}

  LogSealing(
      Tables log,
      SegmentStore segments,
      Catalog catalog,
      Retirement retirement,
      SealingLimits limits) {
    this.log = log;
    this.segments = segments;
    this.catalog = catalog;
    this.retirement = retirement;
    this.limits = limits;
    this.merging = new Merging(limits.together(), limits.segmentRows());
  }

  /** What has been done so far. */
  public Work work() {
    return new Work(sealedEvents.sum(), sealedNanos.sum(), mergedEvents.sum(), mergedNanos.sum());
  }

  /** Events that aren't sealed, all projects. */
  public long unsealedEvents() {
    long unsealed = 0;
    for (ProjectState project : catalog.durable().values()) {
      unsealed += unsealed(project);
    }
    return unsealed;
  }

  private long unsealed(ProjectState project) {
    return project.nextSequence() - segments.state(project.number()).sealedTo();
  }

  /**
   * How long the oldest event that isn't sealed has waited, in microseconds; 0 if there is none.
   */
  public long lagMicros(long nowMicros) {
    long oldest = nowMicros;
    try (ReadSnapshot snapshot = log.snapshot()) {
      for (ProjectState project : catalog.durable().values()) {
        BlockEntry first = unsealed(project) > 0 ? first(snapshot, project) : null;
        oldest = first == null ? oldest : Math.min(oldest, first.newestReceived());
      }
    }
    return nowMicros - oldest;
  }

  private @Nullable BlockEntry first(ReadSnapshot snapshot, ProjectState project) {
    @Nullable BlockEntry[] first = new BlockEntry[1];
    long from = segments.state(project.number()).sealedTo();
    LogReader.scan(
        snapshot,
        project.number(),
        new ScanRange(Long.MIN_VALUE, Long.MAX_VALUE, from, Long.MAX_VALUE),
        Long.MIN_VALUE,
        entry -> {
          first[0] = entry;
          return false;
        });
    return first[0];
  }

  /**
   * Does one piece of what is due: cleans up, drops what is too old, seals a segment, or merges
   * some.
   *
   * @param nowMicros the time by which events may have waited long enough
   * @return whether anything was done
   */
  public boolean step(long nowMicros) {
    return step(project -> isDue(project, nowMicros));
  }

  /** Like {@link #step(long)}, but seals whatever isn't sealed. */
  public boolean stepAll() {
    return step(project -> unsealed(project) > 0);
  }

  private boolean step(Predicate<ProjectState> due) {
    working.lock();
    try {
      if (segments.needsCleaning()) {
        segments.clean();
        return true;
      }
      for (ProjectState project : catalog.durable().values()) {
        if (project.retainedFrom() > segments.state(project.number()).retainedFrom()) {
          segments.drop(project.number(), project.retainedFrom());
          return true;
        }
        if (!corrupt.contains(project.number())
            && due.test(project)
            && tried(project.number(), this::seal)) {
          mayMerge = true;
          return true;
        }
      }
      mayMerge = mayMerge && merge();
      return mayMerge;
    } finally {
      working.unlock();
    }
  }

  // What can't be read any more is left as it is, and stands in nobody else's way.
  private boolean tried(int project, Predicate<Integer> work) {
    try {
      return work.test(project);
    } catch (StorageException.Corrupt e) {
      corrupt.add(project);
      logger.error("Project {} isn't sealed and merged any more until the next start", project, e);
      return false;
    }
  }

  private boolean isDue(ProjectState project, long nowMicros) {
    long unsealed = unsealed(project);
    if (unsealed <= 0 || unsealed >= limits.rows()) {
      return unsealed > 0;
    }
    try (ReadSnapshot snapshot = log.snapshot()) {
      BlockEntry first = first(snapshot, project);
      long afterMicros = limits.after().toNanos() / 1_000;
      return first != null
          && (nowMicros - first.newestReceived() >= afterMicros || isLarge(snapshot, project));
    }
  }

  // Goes over all blocks, so it's asked only now and then.
  private boolean isLarge(ReadSnapshot snapshot, ProjectState project) {
    long asked = bytesAskedAt.getOrDefault(project.number(), 0L);
    if (project.nextSequence() - asked < limits.rows() / BYTES_ASKED_TIMES) {
      return false;
    }
    bytesAskedAt.put(project.number(), project.nextSequence());
    Stretch stretch = new Stretch(segments.state(project.number()).sealedTo());
    read(snapshot, project.number(), stretch, Long.MIN_VALUE);
    return stretch.bytes >= SealingLimits.SEALED_BYTES_MAX;
  }

  private void read(ReadSnapshot snapshot, int project, Stretch stretch, long retainedFrom) {
    ScanRange range = new ScanRange(Long.MIN_VALUE, Long.MAX_VALUE, stretch.end, Long.MAX_VALUE);
    LogReader.scan(
        snapshot,
        project,
        range,
        Long.MIN_VALUE,
        entry -> stretch.add(entry, retainedFrom, limits.rows()));
  }

  private boolean seal(int project) {
    long started = System.nanoTime();
    SealedState before = segments.state(project);
    long retainedFrom = retainedFrom(project);
    Stretch stretch = new Stretch(before.sealedTo());
    SegmentEntry written = null;
    try (ReadSnapshot snapshot = log.snapshot()) {
      read(snapshot, project, stretch, retainedFrom);
      if (stretch.isEmpty()) {
        return false;
      }
      if (!stretch.kept.isEmpty()) {
        List<EventBlock> blocks =
            new FreshBlocks<>(stretch.kept, entry -> LogReader.open(snapshot, entry));
        written = segments.write(project, before.sealedTo(), stretch.end, blocks);
      }
    }
    boolean published =
        publish(
            project,
            List.of(),
            written,
            before.advanced(stretch.end, retainedFrom, stretch.dropped),
            retainedFrom);
    if (published) {
      retirement.add(project, stretch.end);
      sealedEvents.add(written == null ? 0 : written.rows());
      sealedNanos.add(System.nanoTime() - started);
    }
    return true;
  }

  /** Blocks to seal together. */
  private static final class Stretch {
    final List<BlockEntry> kept = new ArrayList<>();
    long end;
    long rows;
    long bytes;
    long dropped;

    Stretch(long from) {
      this.end = from;
    }

    boolean isEmpty() {
      return kept.isEmpty() && dropped == 0;
    }

    boolean add(BlockEntry entry, long retainedFrom, int rowsMax) {
      // No more than wanted, or merging would take the segment for one of the next size.
      if (rows > 0 && rows + entry.rows() > rowsMax) {
        return false;
      }
      if (entry.maxTime() >= retainedFrom) {
        kept.add(entry);
        rows += entry.rows();
        bytes += entry.length();
      } else {
        dropped += entry.rows();
      }
      end = entry.endSequence();
      return rows < rowsMax && bytes < SealingLimits.SEALED_BYTES_MAX;
    }
  }

  // Fails, and is tried again, if events were dropped while the segment was written: it may hold
  // some that nobody may see any more.
  private boolean publish(
      int project,
      List<SegmentEntry> removed,
      @Nullable SegmentEntry added,
      SealedState state,
      long retainedFrom) {
    publishing.lock();
    try {
      if (retainedFrom(project) == retainedFrom) {
        segments.publish(project, removed, added, state);
        return true;
      }
    } catch (RuntimeException | Error e) {
      if (added != null) {
        segments.abandon(added);
      }
      throw e;
    } finally {
      publishing.unlock();
    }
    if (added != null) {
      segments.abandon(added);
    }
    return false;
  }

  private long retainedFrom(int project) {
    for (ProjectState state : catalog.durable().values()) {
      if (state.number() == project) {
        return Math.max(state.retainedFrom(), segments.state(project).retainedFrom());
      }
    }
    return Long.MIN_VALUE;
  }

  private boolean merge() {
    Map<Integer, List<SegmentEntry>> all = segments.all();
    for (int project : all.keySet()) {
      if (!corrupt.contains(project)
          && tried(project, number -> merge(number, all.getOrDefault(number, List.of())))) {
        return true;
      }
    }
    return false;
  }

  private boolean merge(int project, List<SegmentEntry> entries) {
    long started = System.nanoTime();
    long retainedFrom = retainedFrom(project);
    List<SegmentEntry> merged = merging.next(entries);
    if (merged.isEmpty()) {
      return false;
    }
    SegmentEntry whole = segments.merged(merged);
    publish(project, merged, whole, segments.state(project), retainedFrom);
    mergedEvents.add(whole.rows());
    mergedNanos.add(System.nanoTime() - started);
    return true;
  }

  /** Whether a project has anything whose latest event is before a time. */
  public boolean hasOlder(String project, long beforeMicros) {
    ProjectState state = catalog.committed(project);
    if (state == null) {
      return false;
    }
    if (!segments.older(state.number(), beforeMicros).isEmpty()) {
      return true;
    }
    boolean[] older = new boolean[1];
    long from = segments.state(state.number()).sealedTo();
    try (ReadSnapshot snapshot = log.snapshot()) {
      LogReader.scan(
          snapshot,
          state.number(),
          new ScanRange(Long.MIN_VALUE, beforeMicros, from, Long.MAX_VALUE),
          state.retainedFrom(),
          entry -> {
            older[0] = entry.maxTime() < beforeMicros;
            return !older[0];
          });
    }
    return older[0];
  }

  /** The names of the projects that the shard knows. */
  public List<String> projects() {
    return List.copyOf(catalog.durable().keySet());
  }

  /** Opens the segments of the latest published state. */
  SegmentSnapshot snapshot() {
    return segments.snapshot();
  }

  /** Runs something during which nothing is published. */
  <T> T unpublished(Supplier<T> action) {
    publishing.lock();
    try {
      return action.get();
    } finally {
      publishing.unlock();
    }
  }

  /** Runs something during which nothing is sealed, merged or dropped. */
  void still(Runnable action) {
    working.lock();
    try {
      action.run();
    } finally {
      working.unlock();
    }
  }
}
