package dev.millrace.server.query;

import dev.millrace.server.event.EventBatch;
import dev.millrace.server.log.BlockBytes;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.Position;
import dev.millrace.server.log.format.v1.BlockReader;
import dev.millrace.server.log.format.v1.BlockWriter;
import dev.millrace.server.storage.Mutation;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.StorageStats;
import dev.millrace.server.storage.StoredRejection;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Blocks of the stored format by shard, for reading only. */
final class TestStore implements Storage {
  private final List<List<byte[]>> blocks = new ArrayList<>();
  private final long[] next;
  private int sealedRows;
  final List<TestEvent> events = new ArrayList<>();

  TestStore(int shards) {
    next = new long[shards];
    for (int i = 0; i < shards; i++) {
      blocks.add(new ArrayList<>());
    }
  }

  static TestStore of(TestEvent... events) {
    TestStore store = new TestStore(1);
    store.add(0, List.of(events));
    return store;
  }

  /** Adds a block to a shard. */
  void add(int shard, List<TestEvent> added) {
    for (TestEvent event : added) {
      event.shard = shard;
      event.sequence = next[shard] + added.indexOf(event);
    }
    addBatch(shard, TestEvent.batch(added));
    events.addAll(added);
  }

  /**
   * Hands out the events of later scans as a sealed segment for each shard does.
   *
   * @param pieceRows the most rows of a piece
   */
  void seal(int pieceRows) {
    sealedRows = pieceRows;
  }

  private List<EventBlock> blocks(int shard) {
    List<EventBlock> opened = new ArrayList<>();
    for (byte[] bytes : blocks.get(shard)) {
      opened.add(BlockReader.open(BlockBytes.of(ByteBuffer.wrap(bytes)), "a block"));
    }
    List<TestEvent> ofShard = events.stream().filter(event -> event.shard == shard).toList();
    if (sealedRows == 0 || ofShard.isEmpty()) {
      return opened;
    }
    BlockWriter writer = new BlockWriter();
    writer.begin(0);
    EventBatch batch = TestEvent.batch(ofShard);
    writer.add(batch, IntStream.range(0, batch.size()).toArray(), batch.size());
    EventBlock whole = BlockReader.open(BlockBytes.of(writer.finish()), "a block");
    return SealedPieces.of(whole, sealedRows);
  }

  void addBatch(int shard, EventBatch batch) {
    BlockWriter writer = new BlockWriter();
    writer.begin(next[shard]);
    writer.add(batch, IntStream.range(0, batch.size()).toArray(), batch.size());
    ByteBuffer buffer = writer.finish();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    blocks.get(shard).add(bytes);
    next[shard] += batch.size();
  }

  @Override
  public Position position(String project) {
    return new Position(next);
  }

  @Override
  public Snapshot snapshot(String project) {
    Position position = position(project);
    return new Snapshot() {
      @Override
      public Position position() {
        return position;
      }

      @Override
      public <R> R run(Function<ShardView, R> partial, BinaryOperator<R> merge) {
        return IntStream.range(0, next.length)
            .mapToObj(shard -> partial.apply(view(shard)))
            .reduce(merge)
            .orElseThrow();
      }

      @Override
      public void close() {}
    };
  }

  private ShardView view(int shard) {
    return new ShardView() {
      @Override
      public int shard() {
        return shard;
      }

      @Override
      public long nextSequence() {
        return next[shard];
      }

      @Override
      public long events() {
        return next[shard];
      }

      @Override
      public <R> R fold(
          ScanRange range, Supplier<R> fresh, FoldVisitor<R> visitor, BinaryOperator<R> merge) {
        List<R> two = List.of(fresh.get(), fresh.get());
        int[] turn = new int[1];
        scan(
            range,
            block -> {
              visitor.visit(two.get(turn[0]++ % 2), block);
              return true;
            });
        return merge.apply(two.get(0), two.get(1));
      }

      @Override
      public void scan(ScanRange range, BlockVisitor visitor) {
        for (EventBlock block : blocks(shard)) {
          boolean within =
              block.maxTime() >= range.fromTime()
                  && block.minTime() < range.toTime()
                  && block.maxSequence() >= range.fromSequence()
                  && block.minSequence() < range.toSequence();
          if (within && !visitor.visit(block)) {
            return;
          }
        }
      }
    };
  }

  @Override
  public CompletableFuture<Receipt> apply(Mutation mutation) {
    throw new UnsupportedOperationException("for reading only");
  }

  @Override
  public Registration onCommit(String project, Runnable listener) {
    throw new UnsupportedOperationException("for reading only");
  }

  @Override
  public List<StoredRejection> rejections(String project, @Nullable String afterId, int limit) {
    throw new UnsupportedOperationException("for reading only");
  }

  @Override
  public List<StoredRejection> rejections(String project, List<String> ids) {
    throw new UnsupportedOperationException("for reading only");
  }

  @Override
  public void copyTo(Path directory) {
    throw new AssertionError("queries copy nothing");
  }

  @Override
  public StorageStats stats() {
    throw new UnsupportedOperationException("for reading only");
  }

  @Override
  public void close() {}
}
