package dev.millrace.server.storage.node;

import dev.millrace.server.storage.scan.Helpers;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A few threads that read shards beside the caller's own; when they are busy, the caller reads. */
final class ScanPool implements Executor, Helpers, AutoCloseable {
  private static final int WAITING_MAX = 64;
  private static final long KEPT_SECONDS = 30;

  private final ThreadPoolExecutor pool;
  private final int size;

  ScanPool(int threads) {
    AtomicInteger number = new AtomicInteger();
    size = Math.max(1, threads);
    pool =
        new ThreadPoolExecutor(
            size,
            size,
            KEPT_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            task ->
                Thread.ofPlatform()
                    .daemon()
                    .name("millrace-scan-" + number.getAndIncrement())
                    .unstarted(task),
            new ThreadPoolExecutor.CallerRunsPolicy());
    pool.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable task) {
    pool.execute(task);
  }

  @Override
  public int threads() {
    return size;
  }

  @Override
  public boolean offer(Runnable task) {
    if (pool.isShutdown() || pool.getQueue().size() >= size) {
      return false;
    }
    pool.execute(task);
    return true;
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
