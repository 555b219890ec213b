package dev.millrace.server.storage.shard;

import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.StoredRejection;
import dev.millrace.server.storage.table.ReadSnapshot;
import dev.millrace.server.storage.table.Table;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A project on a shard as of a snapshot, which it owns. */
public final class ProjectView implements ShardView, AutoCloseable {
  private final int shard;
  private final ReadSnapshot snapshot;
  private final @Nullable ProjectState state;

  ProjectView(int shard, ReadSnapshot snapshot, String project) {
    this.shard = shard;
    this.snapshot = snapshot;
    ByteBuffer value = snapshot.get(Table.META, Keys.project(project));
    this.state = value == null ? null : ProjectState.decode(value);
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
    return state == null ? 0 : state.events();
  }

  @Override
  public void scan(ScanRange range, BlockVisitor visitor) {
    if (state != null) {
      LogReader.scan(snapshot, state.number(), range, visitor);
    }
  }

  @Override
  public void scanByTime(ScanRange range, boolean newestFirst, BlockVisitor visitor) {
    if (state != null) {
      LogReader.scanByTime(snapshot, state.number(), range, newestFirst, visitor);
    }
  }

  /** Rejected events, latest first. */
  public List<StoredRejection> rejections(@Nullable String afterId, int limit) {
    return state == null ? List.of() : Rejections.list(snapshot, state.number(), afterId, limit);
  }

  /** Those of the rejected events that are kept, in the order of the ids. */
  public List<StoredRejection> rejections(List<String> ids) {
    return state == null ? List.of() : Rejections.get(snapshot, state.number(), ids);
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
