package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.Column;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.segment.Segment;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.StoredRejection;
import dev.millrace.server.storage.scan.Helpers;
import dev.millrace.server.storage.scan.ParallelFold;
import dev.millrace.server.storage.scan.TimeVisits;
import dev.millrace.server.storage.segments.SealedState;
import dev.millrace.server.storage.segments.SegmentEntry;
import dev.millrace.server.storage.segments.SegmentSnapshot;
import dev.millrace.server.storage.table.LockedReader;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A project on a shard as of a snapshot, which it owns: what is sealed is read from segments, what
 * comes after from blocks of the log.
 */
public final class ProjectView implements ShardView, AutoCloseable {
  private static final int UNIT_ROWS = 65_536;

  private final int shard;
  private final ReadSnapshot log;
  private final SegmentSnapshot segments;
  private final Helpers helpers;
  private final @Nullable ProjectState state;
  private final SealedState sealed;
  // Either may be later than the other; what one has dropped must not be shown by the other.
  private final long retainedFrom;

  /**
   * @param segments opened after {@code log}, so that no block is missing from both
   * @param helpers share the work of {@link #fold}
   */
  ProjectView(
      int shard, ReadSnapshot log, SegmentSnapshot segments, String project, Helpers helpers) {
    this.shard = shard;
    this.log = log;
    this.segments = segments;
    this.helpers = helpers;
    ByteBuffer value = log.get(Table.META, Keys.project(project));
    this.state = value == null ? null : ProjectState.decode(value);
    this.sealed = state == null ? SealedState.FRESH : segments.state(state.number());
    this.retainedFrom =
        Math.max(sealed.retainedFrom(), state == null ? Long.MIN_VALUE : state.retainedFrom());
  }

  /** Whether nothing is sealed that the snapshot of the log doesn't know of. */
  boolean isConsistent() {
    return sealed.sealedTo() <= nextSequence();
  }

  @Override
  public int shard() {
    return shard;
  }

  @Override
  public long nextSequence() {
    return state == null ? 1 : state.nextSequence();
  }

  @Override
  public long events() {
    if (state == null) {
      return 0;
    }
    if (retainedFrom == Long.MIN_VALUE) {
      return state.events();
    }
    long[] events = new long[1];
    segments
        .find(state.number(), ScanRange.ALL, retainedFrom)
        .forEach(entry -> events[0] += entry.rows());
    LogReader.scan(
        log,
        state.number(),
        unsealed(ScanRange.ALL),
        retainedFrom,
        entry -> {
          events[0] += entry.rows();
          return true;
        });
    return events[0];
  }

  private ScanRange unsealed(ScanRange range) {
    return new ScanRange(
        range.fromTime(),
        range.toTime(),
        Math.max(range.fromSequence(), sealed.sealedTo()),
        range.toSequence());
  }

  @Override
  public void scan(ScanRange range, BlockVisitor visitor) {
    if (state == null) {
      return;
    }
    for (SegmentEntry entry : segments.find(state.number(), range, retainedFrom)) {
      Segment segment = segments.open(entry);
      for (int number = 0; number < segment.pieces(); number++) {
        EventBlock piece = segment.piece(number);
        if (overlaps(piece, range) && !visitor.visit(piece)) {
          return;
        }
      }
    }
    LogReader.scan(
        log,
        state.number(),
        unsealed(range),
        retainedFrom,
        entry -> visitor.visit(LogReader.open(log, entry)));
  }

  private static boolean overlaps(EventBlock piece, ScanRange range) {
    return piece.minTime() < range.toTime()
        && piece.maxTime() >= range.fromTime()
        && piece.minSequence() < range.toSequence()
        && piece.maxSequence() >= range.fromSequence();
  }

  @Override
  public <R> R fold(
      ScanRange range, Supplier<R> fresh, FoldVisitor<R> visitor, BinaryOperator<R> merge) {
    return ParallelFold.run(units(range), helpers, fresh, visitor, merge);
  }

  private List<ParallelFold.Unit> units(ScanRange range) {
    List<ParallelFold.Unit> units = new ArrayList<>();
    if (state == null) {
      return units;
    }
    for (SegmentEntry entry : segments.find(state.number(), range, retainedFrom)) {
      Segment segment = segments.open(entry);
      for (int number = 0; number < segment.pieces(); number++) {
        if (overlaps(segment.piece(number), range)) {
          int wanted = number;
          units.add(blocks -> blocks.accept(segment.piece(wanted)));
        }
      }
    }
    addLogUnits(range, state.number(), units);
    return units;
  }

  private void addLogUnits(ScanRange range, int project, List<ParallelFold.Unit> units) {
    LockedReader tables = new LockedReader(log);
    List<BlockEntry> together = new ArrayList<>();
    int[] rows = new int[1];
    LogReader.scan(
        log,
        project,
        unsealed(range),
        retainedFrom,
        entry -> {
          together.add(entry);
          rows[0] += entry.rows();
          if (rows[0] >= UNIT_ROWS) {
            units.add(unit(tables, List.copyOf(together)));
            together.clear();
            rows[0] = 0;
          }
          return true;
        });
    if (!together.isEmpty()) {
      units.add(unit(tables, List.copyOf(together)));
    }
  }

  private static ParallelFold.Unit unit(LockedReader tables, List<BlockEntry> entries) {
    return blocks -> entries.forEach(entry -> blocks.accept(LogReader.open(tables, entry)));
  }

  @Override
  public void scanByTime(ScanRange range, boolean newestFirst, BlockVisitor visitor) {
    if (state == null) {
      return;
    }
    TimeVisits visits = new TimeVisits(newestFirst);
    for (SegmentEntry entry : segments.find(state.number(), range, retainedFrom)) {
      visits.add(entry.minTime(), entry.maxTime(), _ -> addPieces(visits, entry, range));
    }
    LogReader.scan(
        log,
        state.number(),
        unsealed(range),
        retainedFrom,
        entry -> {
          visits.add(
              entry.minTime(), entry.maxTime(), blocks -> blocks.visit(LogReader.open(log, entry)));
          return true;
        });
    visits.run(visitor);
  }

  private boolean addPieces(TimeVisits visits, SegmentEntry entry, ScanRange range) {
    Segment segment = segments.open(entry);
    for (int number = 0; number < segment.pieces(); number++) {
      EventBlock piece = segment.piece(number);
      if (overlaps(piece, range)) {
        visits.add(piece.minTime(), piece.maxTime(), blocks -> blocks.visit(piece));
      }
    }
    return true;
  }

  /**
   * Reads every column of every block and of every piece of a segment, whose checksums are compared
   * on the way, and goes on after damage.
   *
   * @param damage told one line for each block or segment that can't be read; if all can be, one if
   *     there are not as many events as the counters say
   * @return events read
   */
  public long verify(Consumer<String> damage) {
    if (state == null) {
      return 0;
    }
    long[] rows = new long[1];
    boolean[] damaged = new boolean[1];
    Consumer<String> found =
        line -> {
          damaged[0] = true;
          damage.accept(line);
        };
    for (SegmentEntry entry : segments.find(state.number(), ScanRange.ALL, retainedFrom)) {
      examine(entry.what(), found, () -> rows[0] += readWhole(segments.open(entry), entry.rows()));
    }
    LogReader.scan(
        log,
        state.number(),
        unsealed(ScanRange.ALL),
        retainedFrom,
        entry -> {
          examine(LogReader.what(entry), found, () -> rows[0] += rows(LogReader.open(log, entry)));
          return true;
        });
    if (!damaged[0] && rows[0] != events()) {
      damage.accept("%d events can be read of %d".formatted(rows[0], events()));
    }
    return rows[0];
  }

  private static void examine(String what, Consumer<String> damage, Runnable reading) {
    try {
      reading.run();
    } catch (RuntimeException e) {
      // Damage that no checksum covers shows as any kind of exception.
      damage.accept(what + ": " + e.getMessage());
    }
  }

  private static long readWhole(Segment segment, long expected) {
    long rows = 0;
    for (int number = 0; number < segment.pieces(); number++) {
      rows += rows(segment.piece(number));
    }
    if (rows != expected) {
      throw new StorageException.Corrupt(
          "a segment has %d events instead of %d".formatted(rows, expected), null);
    }
    return rows;
  }

  private static int rows(EventBlock block) {
    int rows = block.rows();
    for (Column column : Column.Core.values()) {
      same(rows, block.column(column).rows());
    }
    for (String path : block.propertyPaths()) {
      same(rows, block.column(new Column.Property(path)).rows());
    }
    same(rows, block.times().length);
    same(rows, block.sequences().length);
    same(rows, block.receivedTimes().length);
    return rows;
  }

  private static void same(int expected, int found) {
    if (found != expected) {
      throw new StorageException.Corrupt(
          "a column has %d values for %d events".formatted(found, expected), null);
    }
  }

  /** Rejected events, latest first. */
  public List<StoredRejection> rejections(@Nullable String afterId, int limit) {
    return state == null ? List.of() : Rejections.list(log, state.number(), afterId, limit);
  }

  /** Those of the rejected events that are kept, in the order of the ids. */
  public List<StoredRejection> rejections(List<String> ids) {
    return state == null ? List.of() : Rejections.get(log, state.number(), ids);
  }

  @Override
  public void close() {
    try {
      segments.close();
    } finally {
      log.close();
    }
  }
}
