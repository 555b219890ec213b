package dev.millrace.server.live;

import dev.millrace.server.event.Column;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.Position;
import dev.millrace.server.log.ValueVector;
import dev.millrace.server.storage.Mutation;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.SegmentStats;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.StorageStats;
import dev.millrace.server.storage.StoredRejection;
import dev.millrace.v1.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Keeps batches of events as blocks, for tests of what reads them. One project. */
public final class FakeStorage implements Storage {
  private final List<List<Block>> shards = new ArrayList<>();
  private final long[] next;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger snapshots = new AtomicInteger();
  public final AtomicInteger openSnapshots = new AtomicInteger();
  public volatile boolean closed;

  public FakeStorage(int shardCount) {
    for (int i = 0; i < shardCount; i++) {
      shards.add(new ArrayList<>());
    }
    next = new long[shardCount];
  }

  /** Adds events to a shard, and tells the listeners. */
  public Position append(int shard, List<Event> events) {
    synchronized (this) {
      List<Event> stamped = new ArrayList<>();
      for (Event event : events) {
        stamped.add(event.toBuilder().setSequence(next[shard]++).build());
      }
      shards.get(shard).add(new Block(stamped));
    }
    listeners.forEach(Runnable::run);
    return position("default");
  }

  public int listeners() {
    return listeners.size();
  }

  public int snapshotsTaken() {
    return snapshots.get();
  }

  @Override
  public CompletableFuture<Receipt> apply(Mutation mutation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public synchronized Snapshot snapshot(String project) {
    snapshots.incrementAndGet();
    openSnapshots.incrementAndGet();
    Position position = new Position(next);
    List<ShardView> views = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      views.add(new View(i, position.nextSequence(i), List.copyOf(shards.get(i))));
    }
    return new Snapshot() {
      @Override
      public Position position() {
        return position;
      }

      @Override
      public <R> R run(Function<ShardView, R> partial, BinaryOperator<R> merge) {
        return views.stream().map(partial).reduce(merge).orElseThrow();
      }

      @Override
      public void close() {
        openSnapshots.decrementAndGet();
      }
    };
  }

  @Override
  public synchronized Position position(String project) {
    return new Position(next);
  }

  @Override
  public Registration onCommit(String project, Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public List<StoredRejection> rejections(String project, @Nullable String afterId, int limit) {
    return List.of();
  }

  @Override
  public List<StoredRejection> rejections(String project, List<String> ids) {
    return List.of();
  }

  @Override
  public void copyTo(Path directory) {
    try {
      Path shard = Files.createDirectories(directory.resolve("shard-0").resolve("log"));
      // Bytes that can't be compressed, and more of them than a transport buffers.
      byte[] bytes = new byte[4 << 20];
      new Random(1).nextBytes(bytes);
      Files.write(shard.resolve("data.mdb"), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized StorageStats stats() {
    return new StorageStats(
        next.length,
        Arrays.stream(next).sum(),
        4096,
        1024,
        Duration.ZERO,
        0,
        0,
        7,
        64,
        SegmentStats.NONE);
  }

  @Override
  public void close() {
    closed = true;
  }

  private record View(int shard, long nextSequence, List<Block> blocks) implements ShardView {
    @Override
    public long events() {
      return nextSequence;
    }

    @Override
    public void scan(ScanRange range, BlockVisitor visitor) {
      for (Block block : blocks) {
        if (block.maxSequence() >= range.fromSequence()
            && block.minSequence() < range.toSequence()
            && !visitor.visit(block)) {
          return;
        }
      }
    }
  }

  /** Takes conditions of the form {@code type == 'x'}. */
  public static final class Reading implements EventReading {
    @Override
    public Condition compile(String where) {
      if (where.isEmpty()) {
        return block -> rows(block, null);
      }
      if (!where.startsWith("type == '")) {
        throw new dev.millrace.server.error.ApiException.InvalidArgument(
            "where", "isn't a condition this test knows");
      }
      String type = where.substring(9, where.length() - 1);
      return block -> rows(block, type);
    }

    private static int[] rows(EventBlock block, @Nullable String type) {
      List<Event> events = ((Block) block).events();
      return java.util.stream.IntStream.range(0, events.size())
          .filter(row -> type == null || events.get(row).getType().equals(type))
          .toArray();
    }

    @Override
    public Rows rows(EventBlock block) {
      return ((Block) block).events()::get;
    }
  }

  private record Block(List<Event> events) implements EventBlock {
    @Override
    public int rows() {
      return events.size();
    }

    @Override
    public long minTime() {
      return 0;
    }

    @Override
    public long maxTime() {
      return 0;
    }

    @Override
    public long minSequence() {
      return events.getFirst().getSequence();
    }

    @Override
    public long maxSequence() {
      return events.getLast().getSequence();
    }

    @Override
    public long[] times() {
      return new long[rows()];
    }

    @Override
    public long[] sequences() {
      return events.stream().mapToLong(Event::getSequence).toArray();
    }

    @Override
    public long[] receivedTimes() {
      return new long[rows()];
    }

    @Override
    public ValueVector column(Column column) {
      return ValueVector.missing(rows());
    }

    @Override
    public boolean has(Column column) {
      return false;
    }

    @Override
    public List<String> propertyPaths() {
      return List.of();
    }
  }
}
