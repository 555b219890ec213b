package dev.millrace.server.storage.node;

import dev.millrace.server.storage.shard.LogSealing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals, merges and drops on all shards, one step after the other: a node's one thread for that, so
 * that it never takes more than one processor.
 */
final class Sealer implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Sealer.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_RETENTIONS = Duration.ofSeconds(30);

  private final List<Shard> shards;
  private final Duration retention;
  private final Retain retain;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private final Thread thread;
  private boolean closed;
  private long retainedAtMillis;

  /**
   * @param worked called after each step, which may have left the shard's writer something to do
   */
  record Shard(LogSealing sealing, Runnable worked) {}

  /** Lets go of a project's events before a time; completes when that is durable. */
  @FunctionalInterface
  interface Retain {
    CompletableFuture<?> before(String project, long micros);
  }

  /**
   * @param retention how long after its time an event is kept; zero for ever
   */
  Sealer(List<Shard> shards, Duration retention, Retain retain, InstantSource clock) {
    this.shards = shards;
    this.retention = retention;
    this.retain = retain;
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name("millrace-seal").unstarted(this);
  }

  void start() {
    thread.start();
  }

  @Override
  public void run() {
    boolean more = true;
    while (awaitTurn(more ? Duration.ZERO : BETWEEN_LOOKS)) {
      try {
        more = pass();
      } catch (RuntimeException e) {
        log.error("Sealing failed and is tried again in {}", AFTER_FAILURE, e);
        more = false;
        if (!awaitTurn(AFTER_FAILURE)) {
          return;
        }
      }
    }
  }

  /** Waits; false if it is over. */
  private boolean awaitTurn(Duration pause) {
    lock.lock();
    try {
      long left = pause.toNanos();
      while (!closed && left > 0) {
        left = closing.awaitNanos(left);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean pass() {
    if (retention.isPositive()
        && clock.millis() - retainedAtMillis >= BETWEEN_RETENTIONS.toMillis()) {
      retain();
      retainedAtMillis = clock.millis();
    }
    boolean more = false;
    for (Shard shard : shards) {
      if (shard.sealing().step(micros(clock.millis()))) {
        shard.worked().run();
        more = true;
      }
    }
    return more;
  }

  private static long micros(long millis) {
    return TimeUnit.MILLISECONDS.toMicros(millis);
  }

  /** Lets go of what is too old. */
  void retain() {
    long before = micros(clock.millis() - retention.toMillis());
    List<String> projects =
        shards.stream().flatMap(shard -> shard.sealing().projects().stream()).distinct().toList();
    for (String project : projects) {
      if (shards.stream().anyMatch(shard -> shard.sealing().hasOlder(project, before))) {
        join(project, retain.before(project, before));
      }
    }
  }

  private static void join(String project, CompletableFuture<?> dropped) {
    try {
      dropped.join();
    } catch (CompletionException e) {
      log.warn("Old events of {} couldn't be dropped, which is tried again", project, e);
    }
  }

  /** Does all there is to do, and seals whatever isn't sealed, on the caller's thread. */
  void finish() {
    if (retention.isPositive()) {
      retain();
    }
    for (Shard shard : shards) {
      while (shard.sealing().stepAll()) {
        shard.worked().run();
      }
    }
  }

  /** How long the oldest event that isn't sealed has waited. */
  Duration lag() {
    long now = micros(clock.millis());
    Optional<Long> longest =
        shards.stream().map(shard -> shard.sealing().lagMicros(now)).max(Long::compare);
    return Duration.of(Math.max(0, longest.orElse(0L)), java.time.temporal.ChronoUnit.MICROS);
  }

  /** Ends the thread after the step it is at. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    Threads.join(thread);
  }
}
