package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Rejection;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.dedup.RememberedIds;
import dev.millrace.server.storage.scan.Helpers;
import dev.millrace.server.storage.segments.SegmentSnapshot;
import dev.millrace.server.storage.segments.SegmentStore;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.Tables;
import dev.millrace.server.storage.table.WriteTransaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One shard: mutations go in by {@link #apply} one after the other and become durable and visible
 * together by {@link #commit}. What becomes of a mutation depends only on those before it: the
 * batch's time of acceptance is the only clock.
 *
 * <p>{@link #apply}, {@link #commit}, {@link #abort} and {@link #maintain} belong to one writer,
 * and from a transaction's first call to its end to one thread; everything else may be called from
 * anywhere.
 */
public final class ShardEngine implements AutoCloseable {
  // Writing ids out must keep up with taking them in, merging included.
  private static final int MAINTAINED_IDS_MIN = 4096;
  private static final int MAINTAINED_IDS_PER_EVENT = 8;
  private static final int MAINTAINED_IDS_IDLE = 65_536;
  // Of a copy.
  private static final String LOG = "log";
  private static final String SEGMENTS = "segments";

  private static final long PROJECT_SALT = 0x9E3779B97F4A7C15L;

  // Keeps up with writing, and leaves the writer time for it.
  private static final int RETIRED_BLOCKS_MIN = 32;
  private static final int RETIRED_BLOCKS_IDLE = 256;

  private final Tables tables;
  private final SegmentStore segments;
  private final int shard;
  private final int shards;
  private final ShardLimits limits;
  private final Rejections rejections;
  private final Catalog catalog = new Catalog();
  private final Producers producers = new Producers();
  private final LogWriter log = new LogWriter();
  private final StagedIds stagedIds = new StagedIds();
  private final Retirement retirement = new Retirement();
  private final LogSealing sealing;
  private volatile RememberedIds ids;
  private volatile ShardState committed;
  private ShardState staged;
  private @Nullable WriteTransaction transaction;
  private @Nullable StoredIds storedIds;
  private int stagedEvents;
  private boolean dropsEvents;

  /**
   * Opens a shard, made if its tables are empty. Remembered ids are brought up to date from the
   * log. Tables and segments are the engine's from now on, unless it fails.
   *
   * @throws StorageException.Corrupt if the tables belong to another shard
   */
  public ShardEngine(
      Tables tables, SegmentStore segments, int shard, int shards, ShardLimits limits) {
    this.tables = tables;
    this.segments = segments;
    this.shard = shard;
    this.shards = shards;
    this.limits = limits;
    this.rejections = new Rejections(limits.rejections(), limits.rejectionBytes());
    this.committed = loadState(tables, shard, shards);
    this.staged = committed;
    this.ids = load();
    this.sealing = new LogSealing(tables, segments, catalog, retirement, limits.sealing());
  }

  private static ShardState loadState(Tables tables, int shard, int shards) {
    try (ReadSnapshot snapshot = tables.snapshot()) {
      ByteBuffer value = snapshot.get(Table.META, Keys.state());
      ShardState state = value == null ? ShardState.fresh(shard, shards) : ShardState.decode(value);
      if (state.shard() != shard || state.shards() != shards) {
        throw new StorageException.Corrupt(
            "found shard %d of %d, expected shard %d of %d"
                .formatted(state.shard(), state.shards(), shard, shards),
            null);
      }
      return state;
    }
  }

  private RememberedIds load() {
    try (ReadSnapshot snapshot = tables.snapshot();
        SegmentSnapshot sealed = segments.snapshot()) {
      catalog.load(snapshot);
      retirement.clear();
      for (ProjectState project : catalog.durable().values()) {
        long sealedTo = sealed.state(project.number()).sealedTo();
        if (sealedTo > project.nextSequence()) {
          throw new StorageException.Corrupt(
              "segments of shard %d are later than its log".formatted(shard), null);
        }
        retirement.add(snapshot, project.number(), sealedTo);
      }
      RememberedIds loaded = RememberedIds.load(snapshot, limits.idsInMemory(), limits.window());
      try {
        remember(new StoredHashes(snapshot, sealed), loaded);
      } catch (StorageException e) {
        loaded.close();
        throw e;
      }
      loaded.committed(committed.nextOrdinal());
      return loaded;
    }
  }

  private void remember(StoredHashes stored, RememberedIds ids) {
    stored.read(
        ids.flushedTo(),
        committed.nextOrdinal(),
        (project, firstOrdinal, hashes, count, receivedMicros) -> {
          for (int i = 0; i < count; i++) {
            hashes[i] = salted(hashes[i], project);
          }
          ids.add(hashes, count, firstOrdinal, receivedMicros);
        });
  }

  // Ids of different projects are different ids.
  private static long salted(long idHash, int project) {
    return idHash ^ project * PROJECT_SALT;
  }

  /** The number of the next mutation, counting those applied but not committed. */
  public long position() {
    return staged.position();
  }

  /**
   * Applies a mutation to the transaction under way. After an exception the transaction can only be
   * aborted.
   *
   * @param position the mutation's number in the shard's history, from 0
   * @throws IllegalArgumentException if a position is left out
   */
  public Verdict apply(long position, ShardMutation mutation) {
    if (position < staged.position()) {
      return new Verdict.AlreadyApplied();
    }
    if (position > staged.position()) {
      throw new IllegalArgumentException(
          "position %d comes after %d".formatted(position, staged.position()));
    }
    WriteTransaction current = transaction;
    if (current == null) {
      current = tables.begin();
      transaction = current;
    }
    return switch (mutation) {
      case ShardMutation.Append append -> append(current, append);
      case ShardMutation.DropRejections drop -> drop(current, drop);
      case ShardMutation.DropEvents drop -> drop(drop);
    };
  }

  private Verdict append(WriteTransaction current, ShardMutation.Append append) {
    EventBatch batch = append.batch();
    staged = staged.advanced(batch.receivedMicros());
    ProjectState project = project(append.project());
    if (batch.header().numbered()) {
      switch (producers.apply(current, project.number(), batch.header(), staged.clockMicros())) {
        case Producers.Answer.Refused refused -> {
          return refused.why();
        }
        case Producers.Answer.Seen _ -> {
          return allDuplicates(append.count());
        }
        case Producers.Answer.Next _ -> {}
      }
    }
    Verdict.Appended verdict = appendRows(current, project, append);
    ProjectState after = project.appended(verdict.accepted());
    if (append.rejections()) {
      for (Rejection rejection : batch.rejections()) {
        after = rejections.keep(current, after, rejection, batch.receivedMicros());
      }
    }
    catalog.stage(append.project(), after);
    return verdict;
  }

  private ProjectState project(String name) {
    ProjectState state = catalog.current(name);
    if (state == null) {
      state = ProjectState.fresh(staged.nextProject());
      staged = staged.withProject();
      catalog.stage(name, state);
    }
    return state;
  }

  private static Verdict.Appended allDuplicates(int count) {
    long[] sequences = new long[count];
    Arrays.fill(sequences, Receipt.DUPLICATE);
    return new Verdict.Appended(sequences, 0);
  }

  private Verdict.Appended appendRows(
      WriteTransaction current, ProjectState project, ShardMutation.Append append) {
    EventBatch batch = append.batch();
    int count = append.count();
    int number = project.number();
    long[] hashes = new long[count];
    for (int i = 0; i < count; i++) {
      hashes[i] = salted(batch.idHash(append.rows()[i]), number);
    }
    byte[] suspicious = new byte[count];
    if (!batch.idsNew()) {
      ids.mark(hashes, count, suspicious);
    }
    long[] sequences = new long[count];
    int[] acceptedRows = new int[count];
    long[] acceptedHashes = new long[count];
    int accepted = 0;
    for (int i = 0; i < count; i++) {
      int row = append.rows()[i];
      if (stagedIds.contains(hashes[i], number, batch, row)
          || (suspicious[i] != 0 && storedIds(current).contains(hashes[i], number, batch, row))) {
        sequences[i] = Receipt.DUPLICATE;
        continue;
      }
      stagedIds.add(hashes[i], number, batch, row);
      sequences[i] = project.nextSequence() + accepted;
      acceptedRows[accepted] = row;
      acceptedHashes[accepted++] = hashes[i];
    }
    LogWriter.Rows rows = new LogWriter.Rows(batch, acceptedRows, acceptedHashes, accepted);
    long ordinal =
        log.add(
            current,
            number,
            project.nextSequence(),
            rows,
            staged.clockMicros(),
            staged.nextOrdinal());
    staged = staged.withOrdinal(ordinal);
    stagedEvents += accepted;
    return new Verdict.Appended(sequences, accepted);
  }

  private long windowMicros() {
    return limits.window().toNanos() / 1_000;
  }

  private StoredIds storedIds(WriteTransaction current) {
    StoredIds stored = storedIds;
    if (stored == null) {
      stored = new StoredIds(current, segments, ids, windowMicros(), committed.nextOrdinal());
      storedIds = stored;
    }
    return stored.at(staged.clockMicros());
  }

  private Verdict drop(WriteTransaction current, ShardMutation.DropRejections drop) {
    staged = staged.advanced(0);
    ProjectState project = catalog.current(drop.project());
    if (project != null) {
      for (String id : drop.ids()) {
        project = rejections.drop(current, project, id);
      }
      catalog.stage(drop.project(), project);
    }
    return new Verdict.Done();
  }

  private Verdict drop(ShardMutation.DropEvents drop) {
    staged = staged.advanced(0);
    ProjectState project = catalog.current(drop.project());
    if (project != null && drop.beforeMicros() > project.retainedFrom()) {
      catalog.stage(drop.project(), project.retained(drop.beforeMicros()));
      dropsEvents = true;
    }
    return new Verdict.Done();
  }

  /**
   * Makes what was applied durable and visible.
   *
   * @return the projects that got events
   * @throws StorageException nothing of it has happened; the same mutations may be applied again
   */
  public Set<String> commit() {
    int idsMax = Math.max(MAINTAINED_IDS_MIN, stagedEvents * MAINTAINED_IDS_PER_EVENT);
    int blocksMax = RETIRED_BLOCKS_MIN + 2 * log.written().size();
    return dropsEvents
        ? sealing.unpublished(() -> commit(idsMax, blocksMax))
        : commit(idsMax, blocksMax);
  }

  /** Whether {@link #maintain} has something to do. */
  public boolean needsMaintenance() {
    return ids.hasWork() || retirement.hasWork();
  }

  /**
   * Does a slice of the work that otherwise rides on commits. For when there is nothing to commit.
   */
  public void maintain() {
    if (transaction == null) {
      transaction = tables.begin();
    }
    commit(MAINTAINED_IDS_IDLE, RETIRED_BLOCKS_IDLE);
  }

  private Set<String> commit(int idsMax, int blocksMax) {
    WriteTransaction current = transaction;
    if (current == null) {
      return Set.of();
    }
    try {
      staged = staged.withOrdinal(log.finishAll(current, staged.nextOrdinal()));
      catalog.write(current);
      producers.write(current);
      current.put(Table.META, Keys.state(), staged.encode());
      ids.maintain(current, idsMax, staged.clockMicros());
      retirement.step(current, blocksMax);
      long oldestMicros = staged.clockMicros() - windowMicros();
      retirement.trim(current, segments, oldestMicros, ids.flushedTo());
      current.commit();
    } catch (RuntimeException | Error e) {
      abort();
      throw e;
    }
    return published();
  }

  private Set<String> published() {
    for (LogWriter.Written block : log.written()) {
      BlockEntry entry = block.entry();
      ids.add(block.hashes(), entry.rows(), entry.firstOrdinal(), entry.newestReceived());
    }
    ids.committed(staged.nextOrdinal());
    retirement.committed();
    committed = staged;
    Set<String> grown = catalog.committed();
    forgetStaged();
    return grown;
  }

  /** Drops what was applied and not committed. */
  public void abort() {
    WriteTransaction current = transaction;
    try {
      if (current != null) {
        current.abort();
      }
    } finally {
      ids.aborted();
      retirement.aborted();
      catalog.aborted();
      staged = committed;
      forgetStaged();
    }
  }

  private void forgetStaged() {
    transaction = null;
    StoredIds stored = storedIds;
    storedIds = null;
    if (stored != null) {
      stored.close();
    }
    stagedEvents = 0;
    dropsEvents = false;
    stagedIds.clear();
    producers.clear();
    log.clear();
  }

  /** The project's next sequence as far as it is durable. */
  public long nextSequence(String project) {
    ProjectState state = catalog.committed(project);
    return state == null ? 1 : state.nextSequence();
  }

  /** Opens the latest durable state of a project. */
  public ProjectView snapshot(String project) {
    return snapshot(project, Helpers.NONE);
  }

  /**
   * Opens the latest durable state of a project.
   *
   * @param helpers threads that share the work of {@link ProjectView#fold}
   */
  public ProjectView snapshot(String project, Helpers helpers) {
    while (true) {
      ProjectView view = open(project, helpers);
      if (view.isConsistent()) {
        return view;
      }
      // Between the two snapshots events came in and were sealed.
      view.close();
    }
  }

  private ProjectView open(String project, Helpers helpers) {
    ReadSnapshot snapshot = tables.snapshot();
    SegmentSnapshot sealed = null;
    try {
      // After the log's, so that no event is missing from both.
      sealed = segments.snapshot();
      return new ProjectView(shard, snapshot, sealed, project, helpers);
    } catch (RuntimeException e) {
      if (sealed != null) {
        sealed.close();
      }
      snapshot.close();
      throw e;
    }
  }

  /** What turns the log into segments. */
  public LogSealing sealing() {
    return sealing;
  }

  /** The names of the projects that have ever had an event here. */
  public Set<String> projects() {
    return Set.copyOf(catalog.durable().keySet());
  }

  /** Events stored, of all projects. */
  public long events() {
    return committed.nextOrdinal() - segments.droppedEvents();
  }

  /** Sizes of the log's tables. */
  public Tables.Usage usage() {
    return tables.usage();
  }

  /** Sizes of the segments' tables. */
  public Tables.Usage segmentUsage() {
    return segments.usage();
  }

  /** What is sealed. */
  public SegmentStore.Totals sealed() {
    return segments.totals();
  }

  /** Ids remembered. */
  public long rememberedIds() {
    return ids.count();
  }

  /** The memory that remembered ids take, in bytes. */
  public long rememberedIdsMemoryBytes() {
    return ids.memoryBytes();
  }

  /** Copies the latest durable state into an empty directory, while everything goes on. */
  public void snapshotTo(Path directory) {
    // Segments first, and no block leaves the log until that is copied too: whatever is sealed in
    // between is in the copy of the log.
    retirement.hold();
    try {
      segments.copyTo(made(directory.resolve(SEGMENTS)));
      tables.copyTo(made(directory.resolve(LOG)));
    } finally {
      retirement.release();
    }
  }

  private static Path made(Path directory) {
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StorageException.Unavailable("can't make " + directory, e);
    }
  }

  /**
   * Goes on from a copy that {@link #snapshotTo} made, in place of what is here. Writer's thread.
   */
  public void replaceFrom(Path directory) {
    abort();
    sealing.still(
        () -> {
          segments.replaceFrom(directory.resolve(SEGMENTS));
          tables.replaceFrom(directory.resolve(LOG));
          ids.close();
          committed = loadState(tables, shard, shards);
          staged = committed;
          ids = load();
        });
  }

  /** Drops what isn't committed, waits for snapshots, and closes tables and segments. */
  @Override
  public void close() {
    abort();
    segments.close();
    tables.close();
    ids.close();
  }
}
