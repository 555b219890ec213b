package dev.millrace.server.storage.scan;

import dev.millrace.server.log.EventBlock;
import dev.millrace.server.storage.ShardView.FoldVisitor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One fold over many units of blocks, taken one after the other by whichever thread is free: the
 * caller's own, and helpers as long as there are any. Nothing is waited for but helpers that have
 * begun, so callers that are helpers themselves can't lock each other up.
 */
public final class ParallelFold<R> {
  private final List<Unit> units;
  private final Supplier<R> fresh;
  private final FoldVisitor<R> visitor;
  private final AtomicInteger next = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final List<R> answers = new ArrayList<>();
  private int helping;
  private boolean over;
  private volatile @Nullable Throwable failure;

  /** Blocks that are read together. */
  @FunctionalInterface
  public interface Unit {
    /** Hands on the blocks one after the other; each is good until the next. */
    void read(Consumer<EventBlock> blocks);
  }

  private ParallelFold(List<Unit> units, Supplier<R> fresh, FoldVisitor<R> visitor) {
    this.units = units;
    this.fresh = fresh;
    this.visitor = visitor;
  }

  /** Folds as {@link dev.millrace.server.storage.ShardView#fold} says. */
  public static <R> R run(
      List<Unit> units,
      Helpers helpers,
      Supplier<R> fresh,
      FoldVisitor<R> visitor,
      BinaryOperator<R> merge) {
    ParallelFold<R> fold = new ParallelFold<>(units, fresh, visitor);
    int wanted = Math.min(helpers.threads(), units.size() - 1);
    for (int i = 0; i < wanted && helpers.offer(fold::help); i++) {
      // The offer is all.
    }
    R all = fresh.get();
    fold.work(all);
    return fold.finish(all, merge);
  }

  private void help() {
    lock.lock();
    try {
      // Began too late: the caller may have closed what the units read from.
      if (over || next.get() >= units.size()) {
        return;
      }
      helping++;
    } finally {
      lock.unlock();
    }
    R answer = null;
    try {
      answer = fresh.get();
      work(answer);
    } catch (RuntimeException | Error e) {
      failed(e);
    } finally {
      lock.lock();
      try {
        if (answer != null) {
          answers.add(answer);
        }
        helping--;
        ended.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void work(R accumulator) {
    try {
      while (failure == null) {
        int unit = next.getAndIncrement();
        if (unit >= units.size()) {
          return;
        }
        units.get(unit).read(block -> visitor.visit(accumulator, block));
      }
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private void failed(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
  }

  private R finish(R own, BinaryOperator<R> merge) {
    lock.lock();
    try {
      over = true;
      while (helping > 0) {
        ended.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    switch (failure) {
      case null -> {}
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
    R all = own;
    for (R answer : answers) {
      all = merge.apply(all, answer);
    }
    return all;
  }
}
