package dev.millrace.server.storage.node;

import dev.millrace.server.log.Position;
import dev.millrace.server.storage.ShardView;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.shard.ProjectView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A project on all shards of a node. */
final class EmbeddedSnapshot implements Snapshot {
  private final List<ProjectView> views;
  private final Executor scans;

  /**
   * @param scans runs all shards but the first, which is the caller's
   */
  EmbeddedSnapshot(List<ProjectView> views, Executor scans) {
    this.views = views;
    this.scans = scans;
  }

  @Override
  public Position position() {
    return new Position(views.stream().mapToLong(ProjectView::nextSequence).toArray());
  }

  @Override
  public <R> R run(Function<ShardView, R> partial, BinaryOperator<R> merge) {
    List<CompletableFuture<R>> others = new ArrayList<>();
    for (ProjectView view : views.subList(1, views.size())) {
      others.add(CompletableFuture.supplyAsync(() -> partial.apply(view), scans));
    }
    R merged = null;
    RuntimeException failure = null;
    try {
      merged = partial.apply(views.getFirst());
    } catch (RuntimeException e) {
      failure = e;
    }
    // All must have ended, whatever happens, before the views may be closed.
    List<R> answers = new ArrayList<>();
    for (CompletableFuture<R> other : others) {
      try {
        answers.add(other.join());
      } catch (java.util.concurrent.CompletionException e) {
        failure = failure == null ? unwrapped(e) : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    R all = present(merged);
    for (R answer : answers) {
      all = merge.apply(all, answer);
    }
    return all;
  }

  @SuppressWarnings("NullAway") // partial answers may be null if the caller's type allows it
  private static <R> R present(@Nullable R answer) {
    return answer;
  }

  private static RuntimeException unwrapped(java.util.concurrent.CompletionException e) {
    return e.getCause() instanceof RuntimeException cause ? cause : e;
  }

  @Override
  public void close() {
    views.forEach(ProjectView::close);
  }
}
