package dev.millrace.server.storage.shard;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Rejection;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.RowHashes;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.dedup.RememberedIds;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import dev.millrace.server.storage.table.TableReader;
import dev.millrace.server.storage.table.Tables;
import dev.millrace.server.storage.table.WriteTransaction;
import java.nio.ByteBuffer;
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
  private static final long PROJECT_SALT = 0x9E3779B97F4A7C15L;

  private final Tables tables;
  private final int shard;
  private final int shards;
  private final ShardLimits limits;
  private final Rejections rejections;
  private final Catalog catalog = new Catalog();
  private final Producers producers = new Producers();
  private final LogWriter log = new LogWriter();
  private final StagedIds stagedIds = new StagedIds();
  private volatile RememberedIds ids;
  private volatile ShardState committed;
  private ShardState staged;
  private @Nullable WriteTransaction transaction;
  private @Nullable StoredIds storedIds;
  private int stagedEvents;

  /**
   * Opens a shard, made if its tables are empty. Remembered ids are brought up to date from the
   * log. The tables are the engine's from now on, unless it fails.
   *
   * @throws StorageException.Corrupt if the tables belong to another shard
   */
  public ShardEngine(Tables tables, int shard, int shards, ShardLimits limits) {
    this.tables = tables;
    this.shard = shard;
    this.shards = shards;
    this.limits = limits;
    this.rejections = new Rejections(limits.rejections(), limits.rejectionBytes());
    this.committed = loadState(tables, shard, shards);
    this.staged = committed;
    this.ids = load();
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
    try (ReadSnapshot snapshot = tables.snapshot()) {
      catalog.load(snapshot);
      RememberedIds loaded = RememberedIds.load(snapshot, limits.idsInMemory(), limits.window());
      try {
        remember(snapshot, loaded);
      } catch (StorageException e) {
        loaded.close();
        throw e;
      }
      loaded.committed(committed.nextOrdinal());
      return loaded;
    }
  }

  private static void remember(TableReader tables, RememberedIds ids) {
    long from = ids.flushedTo();
    tables.scan(
        Table.ORDINALS,
        Keys.ordinal(from),
        (key, value) -> {
          BlockEntry entry = LogReader.atOrdinal(tables, key.getLong(0));
          if (entry == null) {
            throw new StorageException.Corrupt(
                "the block of event " + key.getLong(0) + " is missing", null);
          }
          EventBlock block = LogReader.open(tables, entry);
          long[] hashes = RowHashes.idHashes(block);
          for (int row = 0; row < entry.rows(); row++) {
            hashes[row] = salted(hashes[row], entry.project());
          }
          ids.add(hashes, entry.rows(), entry.firstOrdinal(), entry.newestReceived());
          return true;
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

  private StoredIds storedIds(WriteTransaction current) {
    StoredIds stored = storedIds;
    if (stored == null) {
      long windowMicros = limits.window().toNanos() / 1_000;
      stored = new StoredIds(current, ids, windowMicros);
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

  /**
   * Makes what was applied durable and visible.
   *
   * @return the projects that got events
   * @throws StorageException nothing of it has happened; the same mutations may be applied again
   */
  public Set<String> commit() {
    int budget = Math.max(MAINTAINED_IDS_MIN, stagedEvents * MAINTAINED_IDS_PER_EVENT);
    return commit(budget);
  }

  /** Whether {@link #maintain} has something to do. */
  public boolean needsMaintenance() {
    return ids.hasWork();
  }

  /**
   * Does a slice of the work that otherwise rides on commits. For when there is nothing to commit.
   */
  public void maintain() {
    if (transaction == null) {
      transaction = tables.begin();
    }
    commit(MAINTAINED_IDS_IDLE);
  }

  private Set<String> commit(int budget) {
    WriteTransaction current = transaction;
    if (current == null) {
      return Set.of();
    }
    try {
      staged = staged.withOrdinal(log.finishAll(current, staged.nextOrdinal()));
      catalog.write(current);
      producers.write(current);
      current.put(Table.META, Keys.state(), staged.encode());
      ids.maintain(current, budget, staged.clockMicros());
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
      catalog.aborted();
      staged = committed;
      forgetStaged();
    }
  }

  private void forgetStaged() {
    transaction = null;
    storedIds = null;
    stagedEvents = 0;
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
    ReadSnapshot snapshot = tables.snapshot();
    try {
      return new ProjectView(shard, snapshot, project);
    } catch (RuntimeException e) {
      snapshot.close();
      throw e;
    }
  }

  /** Events stored, of all projects. */
  public long events() {
    return committed.nextOrdinal();
  }

  /** Sizes of the tables. */
  public Tables.Usage usage() {
    return tables.usage();
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
    tables.copyTo(directory);
  }

  /**
   * Goes on from a copy that {@link #snapshotTo} made, in place of what is here. Writer's thread.
   */
  public void replaceFrom(Path directory) {
    abort();
    tables.replaceFrom(directory);
    ids.close();
    committed = loadState(tables, shard, shards);
    staged = committed;
    ids = load();
  }

  /** Drops what isn't committed, waits for snapshots, and closes the tables. */
  @Override
  public void close() {
    abort();
    tables.close();
    ids.close();
  }
}
