package dev.millrace.server.storage.node;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Mutation;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.SegmentStats;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.StorageStats;
import dev.millrace.server.storage.StoredRejection;
import dev.millrace.server.storage.segments.SegmentStore;
import dev.millrace.server.storage.shard.LogSealing;
import dev.millrace.server.storage.shard.ProjectView;
import dev.millrace.server.storage.shard.ShardEngine;
import dev.millrace.server.storage.shard.ShardMutation;
import dev.millrace.server.storage.table.Tables;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store whose shards are all in this process, each with a queue and a writer thread.
 *
 * <p>Rows are routed by user. A numbered batch goes to every shard, also where it has no rows, so
 * that each knows the number; rejected events go to the first.
 */
public final class EmbeddedStorage implements Storage {
  private static final int PROJECT_LENGTH_MAX = 63;
  private static final int PRODUCER_BYTES_MAX = 256;
  private static final int REJECTION_BYTES = 256;
  private static final Duration RETRY_AFTER = Duration.ofMillis(100);

  private final List<ShardEngine> engines;
  private final List<ShardQueue> queues = new ArrayList<>();
  private final List<Thread> writers = new ArrayList<>();
  private final Listeners listeners = new Listeners();
  private final ScanPool scans;
  private final Sealer sealer;
  // Taken to look at the queues of all shards and to fill them, so that batches meet in the same
  // order
  // everywhere.
  private final ReentrantLock admission = new ReentrantLock();
  private final Runnable afterClose;
  private boolean closed;
  private boolean released;

  /**
   * Takes over the engines and starts their writers.
   *
   * @param engines one for each shard, in order
   * @param clock by which events become old
   * @param afterClose what is to be let go of when everything else is
   */
  public EmbeddedStorage(
      List<ShardEngine> engines, StorageConfig config, InstantSource clock, Runnable afterClose) {
    this.engines = List.copyOf(engines);
    this.afterClose = afterClose;
    this.scans = new ScanPool(Runtime.getRuntime().availableProcessors() - 1);
    for (int shard = 0; shard < engines.size(); shard++) {
      ShardQueue queue = new ShardQueue(config.queueEvents(), config.queueBytes());
      queues.add(queue);
      ShardWriter writer =
          new ShardWriter(
              engines.get(shard),
              queue,
              config.commitEvents(),
              config.commitBytes(),
              listeners::call);
      writers.add(Thread.ofPlatform().daemon().name("millrace-shard-" + shard).start(writer));
    }
    this.sealer = sealer(config, clock);
    sealer.start();
  }

  private Sealer sealer(StorageConfig config, InstantSource clock) {
    List<Sealer.Shard> shards = new ArrayList<>();
    for (int shard = 0; shard < engines.size(); shard++) {
      shards.add(new Sealer.Shard(engines.get(shard).sealing(), queues.get(shard)::wake));
    }
    return new Sealer(
        List.copyOf(shards),
        config.retention(),
        (project, micros) -> apply(new Mutation.DropEvents(project, micros)),
        clock);
  }

  /**
   * Seals all there is, drops what is too old and merges what is to be merged before it returns.
   */
  public void seal() {
    sealer.finish();
  }

  @Override
  public CompletableFuture<Receipt> apply(Mutation mutation) {
    check(mutation);
    return switch (mutation) {
      case Mutation.AppendEvents append -> append(append);
      case Mutation.DropRejections drop -> {
        Pending pending = new Pending("", 0, 0, 0, 1, () -> position(drop.project()));
        ShardMutation part = new ShardMutation.DropRejections(drop.project(), drop.ids());
        List<@Nullable ShardTask> tasks = new ArrayList<>();
        tasks.add(new ShardTask(part, pending, 0, REJECTION_BYTES * (long) drop.ids().size()));
        yield admit(tasks, pending);
      }
      case Mutation.DropEvents drop -> {
        String project = drop.project();
        Pending pending = new Pending("", 0, 0, 0, engines.size(), () -> position(project));
        ShardMutation part = new ShardMutation.DropEvents(project, drop.beforeMicros());
        List<@Nullable ShardTask> tasks =
            new ArrayList<>(
                Collections.nCopies(engines.size(), new ShardTask(part, pending, 0, 0)));
        yield admit(tasks, pending);
      }
    };
  }

  private static void check(Mutation mutation) {
    String project = mutation.project();
    if (project.isEmpty() || project.length() > PROJECT_LENGTH_MAX) {
      throw new IllegalArgumentException("a project's name has 1 to 63 characters: " + project);
    }
    if (mutation instanceof Mutation.AppendEvents append) {
      String producer = append.batch().header().producerId();
      if (producer.getBytes(StandardCharsets.UTF_8).length > PRODUCER_BYTES_MAX) {
        throw new IllegalArgumentException("a producer's id has at most 256 bytes: " + producer);
      }
    }
  }

  private CompletableFuture<Receipt> append(Mutation.AppendEvents append) {
    EventBatch batch = append.batch();
    String project = append.project();
    int shards = engines.size();
    int[][] rows = Routing.rows(batch, shards);
    boolean rejections = !batch.rejections().isEmpty();
    List<Integer> concerned = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      if (rows[shard].length > 0 || batch.header().numbered() || (shard == 0 && rejections)) {
        concerned.add(shard);
      }
    }
    if (concerned.isEmpty()) {
      concerned.add(0);
    }
    Pending pending =
        new Pending(
            batch.header().producerId(),
            batch.header().epoch(),
            batch.header().batchNumber(),
            batch.size(),
            concerned.size(),
            () -> position(project));
    List<@Nullable ShardTask> tasks = new ArrayList<>();
    long bytes = batch.heapLength() / concerned.size();
    for (int shard = 0; shard < shards; shard++) {
      int[] own = rows[shard];
      ShardMutation part =
          new ShardMutation.Append(project, batch, own, own.length, shard == 0 && rejections);
      tasks.add(concerned.contains(shard) ? new ShardTask(part, pending, own.length, bytes) : null);
    }
    return admit(tasks, pending);
  }

  private CompletableFuture<Receipt> admit(List<@Nullable ShardTask> tasks, Pending pending) {
    admission.lock();
    try {
      if (closed) {
        return CompletableFuture.failedFuture(
            new StorageException.Unavailable("the store is closing", null));
      }
      for (int shard = 0; shard < tasks.size(); shard++) {
        ShardTask task = tasks.get(shard);
        if (task != null && !queues.get(shard).hasRoom(task.events(), task.bytes())) {
          throw new StorageException.Overloaded(
              "%d events wait for shard %d".formatted(queues.get(shard).events(), shard),
              RETRY_AFTER);
        }
      }
      for (int shard = 0; shard < tasks.size(); shard++) {
        ShardTask task = tasks.get(shard);
        if (task != null) {
          queues.get(shard).add(task);
        }
      }
    } finally {
      admission.unlock();
    }
    return pending.future();
  }

  @Override
  public Snapshot snapshot(String project) {
    List<ProjectView> views = new ArrayList<>();
    try {
      for (ShardEngine engine : engines) {
        views.add(engine.snapshot(project, scans));
      }
    } catch (RuntimeException e) {
      views.forEach(ProjectView::close);
      throw e;
    }
    return new EmbeddedSnapshot(List.copyOf(views), scans);
  }

  @Override
  public Position position(String project) {
    return new Position(
        engines.stream().mapToLong(engine -> engine.nextSequence(project)).toArray());
  }

  @Override
  public Registration onCommit(String project, Runnable listener) {
    return listeners.add(project, listener);
  }

  @Override
  public List<StoredRejection> rejections(String project, @Nullable String afterId, int limit) {
    try (ProjectView view = engines.getFirst().snapshot(project)) {
      return view.rejections(afterId, limit);
    }
  }

  @Override
  public List<StoredRejection> rejections(String project, List<String> ids) {
    try (ProjectView view = engines.getFirst().snapshot(project)) {
      return view.rejections(ids);
    }
  }

  @Override
  public void copyTo(Path directory) {
    for (int shard = 0; shard < engines.size(); shard++) {
      engines.get(shard).snapshotTo(directory.resolve("shard-" + shard));
    }
  }

  @Override
  public StorageStats stats() {
    List<Tables.Usage> logs = engines.stream().map(ShardEngine::usage).toList();
    List<Tables.Usage> segments = engines.stream().map(ShardEngine::segmentUsage).toList();
    List<SegmentStore.Totals> sealed = engines.stream().map(ShardEngine::sealed).toList();
    List<LogSealing> sealing = engines.stream().map(ShardEngine::sealing).toList();
    List<LogSealing.Work> work = sealing.stream().map(LogSealing::work).toList();
    return new StorageStats(
        engines.size(),
        sum(engines, ShardEngine::events),
        sum(logs, Tables.Usage::bytes) + sum(segments, Tables.Usage::bytes),
        sum(logs, Tables.Usage::freeBytes) + sum(segments, Tables.Usage::freeBytes),
        Stream.concat(logs.stream(), segments.stream())
            .map(Tables.Usage::oldestReader)
            .max(Duration::compareTo)
            .orElse(Duration.ZERO),
        sum(queues, ShardQueue::events),
        sum(queues, ShardQueue::bytes),
        sum(engines, ShardEngine::rememberedIds),
        sum(engines, ShardEngine::rememberedIdsMemoryBytes),
        new SegmentStats(
            sum(sealed, SegmentStore.Totals::segments),
            sum(sealed, SegmentStore.Totals::bytes),
            sum(segments, Tables.Usage::bytes),
            sum(segments, Tables.Usage::freeBytes),
            sum(sealed, SegmentStore.Totals::events),
            sum(sealing, LogSealing::unsealedEvents),
            sealer.lag(),
            sum(work, LogSealing.Work::sealedEvents),
            Duration.ofNanos(sum(work, LogSealing.Work::sealedNanos)),
            sum(work, LogSealing.Work::mergedEvents),
            Duration.ofNanos(sum(work, LogSealing.Work::mergedNanos))));
  }

  private static <T> long sum(List<T> parts, ToLongFunction<T> figure) {
    return parts.stream().mapToLong(figure).sum();
  }

  /**
   * @throws StorageException.Unavailable if snapshots stay open for too long; what was acknowledged
   *     is safe all the same
   */
  @Override
  public void close() {
    admission.lock();
    try {
      closed = true;
    } finally {
      admission.unlock();
    }
    // While there are writers it may have handed a mutation to one, and waits for that.
    sealer.close();
    queues.forEach(ShardQueue::close);
    writers.forEach(Threads::join);
    release();
  }

  // May fail, and be tried again, while snapshots are open.
  private synchronized void release() {
    if (!released) {
      scans.close();
      engines.forEach(ShardEngine::close);
      afterClose.run();
      released = true;
    }
  }
}
