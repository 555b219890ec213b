package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.RowHashes;
import dev.millrace.server.log.segment.Segment;
import dev.millrace.server.storage.ShardView.ScanRange;
import dev.millrace.server.storage.segments.SegmentEntry;
import dev.millrace.server.storage.segments.SegmentSnapshot;
import dev.millrace.server.storage.table.TableReader;
import java.util.BitSet;

/** Reads the hashes of stored events in the order of ordinals, be they sealed or not. */
final class StoredHashes {
  private static final int AT_ONCE = 1 << 18;

  private final TableReader log;
  private final SegmentSnapshot segments;

  /** Sees the hashes of events whose ordinals follow each other. */
  @FunctionalInterface
  interface Visitor {
    /**
     * @param hashes of the first {@code count} events, to be changed at will
     * @param receivedMicros the latest time of receipt
     */
    void visit(int project, long firstOrdinal, long[] hashes, int count, long receivedMicros);
  }

  /**
   * @param segments opened after {@code log}
   */
  StoredHashes(TableReader log, SegmentSnapshot segments) {
    this.log = log;
    this.segments = segments;
  }

  /**
   * Reads events from an ordinal on. Those that were dropped for their age are left out.
   *
   * @param nextOrdinal where to end
   */
  void read(long fromOrdinal, long nextOrdinal, Visitor visitor) {
    long ordinal = fromOrdinal;
    while (ordinal < nextOrdinal) {
      LogReader.Run run = LogReader.atOrdinal(log, ordinal, nextOrdinal);
      if (run == null) {
        throw new StorageException.Corrupt("where event " + ordinal + " is isn't known", null);
      }
      int count = (int) Math.min(run.endOrdinal() - ordinal, AT_ONCE);
      Stretch stretch = new Stretch(run.sequence(ordinal), count);
      read(run.project(), stretch);
      hand(stretch, run.project(), ordinal, visitor);
      ordinal += count;
    }
  }

  private void read(int project, Stretch stretch) {
    ScanRange range =
        new ScanRange(Long.MIN_VALUE, Long.MAX_VALUE, stretch.from, stretch.from + stretch.count);
    for (SegmentEntry entry : segments.find(project, range, Long.MIN_VALUE)) {
      Segment segment = segments.open(entry);
      for (int piece = 0; piece < segment.pieces(); piece++) {
        stretch.add(segment.piece(piece));
      }
    }
    ScanRange unsealed =
        new ScanRange(
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            Math.max(stretch.from, segments.state(project).sealedTo()),
            range.toSequence());
    LogReader.scan(
        log,
        project,
        unsealed,
        Long.MIN_VALUE,
        entry -> {
          stretch.add(LogReader.open(log, entry));
          return true;
        });
  }

  private void hand(Stretch stretch, int project, long firstOrdinal, Visitor visitor) {
    boolean mayLack = segments.state(project).droppedEvents() > 0;
    if (!mayLack && stretch.found.cardinality() < stretch.count) {
      throw new StorageException.Corrupt(
          "event %d of project %d is missing"
              .formatted(stretch.from + stretch.found.nextClearBit(0), project),
          null);
    }
    for (int from = stretch.found.nextSetBit(0); from >= 0; ) {
      int to = stretch.found.nextClearBit(from);
      long[] hashes = new long[to - from];
      System.arraycopy(stretch.hashes, from, hashes, 0, to - from);
      visitor.visit(project, firstOrdinal + from, hashes, to - from, stretch.received);
      from = stretch.found.nextSetBit(to);
    }
  }

  /** Events whose sequences follow each other. */
  private static final class Stretch {
    final long from;
    final int count;
    final long[] hashes;
    final BitSet found;
    long received = Long.MIN_VALUE;

    Stretch(long from, int count) {
      this.from = from;
      this.count = count;
      this.hashes = new long[count];
      this.found = new BitSet(count);
    }

    void add(EventBlock block) {
      if (block.minSequence() >= from + count || block.maxSequence() < from) {
        return;
      }
      long[] sequences = block.sequences();
      long[] times = block.receivedTimes();
      long[] all = RowHashes.idHashes(block);
      for (int row = 0; row < sequences.length; row++) {
        long at = sequences[row] - from;
        if (at >= 0 && at < count) {
          hashes[(int) at] = all[row];
          found.set((int) at);
          received = Math.max(received, times[row]);
        }
      }
    }
  }
}
