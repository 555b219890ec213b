package dev.millrace.server.ingest;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** An event loop that turns when the test says so, with a clock of its own. */
final class ManualExecutor extends AbstractExecutorService implements ScheduledExecutorService {
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Timed> timed = new ArrayList<>();
  private long nanos;

  /** Runs everything that is due. */
  void run() {
    while (!tasks.isEmpty()) {
      tasks.removeFirst().run();
    }
  }

  /** Moves the clock, and runs everything that is due then. */
  void advance(Duration time) {
    run();
    nanos += time.toNanos();
    timed.removeIf(Timed::isCancelled);
    timed.sort(Comparator.comparingLong(task -> task.due));
    while (!timed.isEmpty() && timed.getFirst().due <= nanos) {
      timed.removeFirst().run();
      run();
    }
  }

  /** Timers that are set. */
  long timers() {
    return timed.stream().filter(task -> !task.isCancelled()).count();
  }

  @Override
  public void execute(Runnable command) {
    tasks.add(command);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    Timed task = new Timed(command, nanos + unit.toNanos(delay));
    timed.add(task);
    return task;
  }

  private static final class Timed extends FutureTask<Void> implements ScheduledFuture<Void> {
    private final long due;

    Timed(Runnable command, long due) {
      super(command, null);
      this.due = due;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int compareTo(Delayed other) {
      throw new UnsupportedOperationException();
    }
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
