package dev.millrace.server.live.feed;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Storage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One question, kept up to date for all who ask it with the same shortest interval. Thread-safe.
 *
 * <p>It is evaluated when there is news: at once after a quiet time, else when the interval since
 * the last evaluation is over and it has rested as long as its {@link Pace} asks. At most one
 * evaluation is under way. The lanes then bring their subscribers to the newest state, each from
 * the one it has.
 */
public final class Feed {
  /** Answers that can be resumed from by name. */
  private static final int TOKENS_MAX = 2_048;

  private final StandingQuery query;
  private final long intervalNanos;
  private final Pace pace;
  private final Executor evaluators;
  private final ScheduledExecutorService timer;
  private final FeedMeter meter;

  private final Map<Executor, Lane> lanes = new ConcurrentHashMap<>();
  private final AtomicInteger subscribers = new AtomicInteger();
  private final AtomicLong firstCommit = new AtomicLong();
  private final Map<String, Long> versions = new LinkedHashMap<>();
  private final Object lock = new Object();
  private final Storage.Registration registration;
  private volatile @Nullable LiveState state;
  private volatile ApiException.@Nullable Unavailable stopped;
  private volatile @Nullable RuntimeException failed;

  // Guarded by lock.
  private @Nullable ScheduledFuture<?> scheduled;
  private long scheduledFor;
  private boolean running;
  private boolean again;
  private boolean againUrgent;
  private boolean evaluated;
  private long lastStart;
  private long lastEnd;
  private long emptySince = System.nanoTime();

  public Feed(
      String project,
      StandingQuery query,
      long intervalNanos,
      Pace pace,
      Storage storage,
      Executor evaluators,
      ScheduledExecutorService timer,
      FeedMeter meter) {
    this.query = query;
    this.intervalNanos = intervalNanos;
    this.pace = pace;
    this.evaluators = evaluators;
    this.timer = timer;
    this.meter = meter;
    this.registration = storage.onCommit(project, this::onCommit);
  }

  /** Adds a reader. Its sink gets everything from here on, errors included. */
  public Subscriber join(Subscriber.Options options, UpdateSink sink) {
    Lane lane = lanes.computeIfAbsent(options.executor(), executor -> new Lane(this, executor));
    Subscriber subscriber = new Subscriber(lane, options, sink, meter);
    subscribers.incrementAndGet();
    lane.add(subscriber);
    if (!fresh(options.atLeast())) {
      request(true);
    }
    return subscriber;
  }

  private boolean fresh(Position atLeast) {
    LiveState now = state;
    synchronized (lock) {
      return now != null
          && now.position().includes(atLeast)
          && (!query.moves() || System.nanoTime() - lastStart < pace.tick().toNanos());
    }
  }

  private void onCommit() {
    firstCommit.compareAndSet(0, System.nanoTime());
    if (subscribers.get() > 0) {
      request(false);
    }
  }

  /** Asks for an evaluation as soon as it may be; an urgent one doesn't rest. */
  private void request(boolean urgent) {
    synchronized (lock) {
      if (over()) {
        return;
      }
      if (running) {
        again = true;
        againUrgent |= urgent;
        return;
      }
      long now = System.nanoTime();
      long due = evaluated ? lastStart + intervalNanos : now;
      if (evaluated && !urgent) {
        due = Math.max(due, lastEnd + pace.rest() * (lastEnd - lastStart));
      }
      ScheduledFuture<?> earlier = scheduled;
      if (earlier != null) {
        if (due >= scheduledFor) {
          return;
        }
        earlier.cancel(false);
        scheduled = null;
      }
      if (due <= now) {
        begin();
      } else {
        scheduledFor = due;
        scheduled = timer.schedule(this::fire, due - now, TimeUnit.NANOSECONDS);
      }
    }
  }

  private void fire() {
    synchronized (lock) {
      scheduled = null;
      if (!over() && !running) {
        begin();
      }
    }
  }

  private void begin() {
    running = true;
    try {
      evaluators.execute(this::evaluate);
    } catch (RejectedExecutionException e) {
      running = false;
    }
  }

  private boolean over() {
    return stopped != null || failed != null;
  }

  private void evaluate() {
    long start = System.nanoTime();
    try {
      advance();
    } catch (RuntimeException e) {
      fail(e);
    } finally {
      done(start, System.nanoTime());
    }
  }

  private void done(long start, long end) {
    meter.evaluated(end - start);
    boolean more;
    boolean urgent;
    synchronized (lock) {
      running = false;
      evaluated = true;
      lastStart = start;
      lastEnd = end;
      more = again;
      urgent = againUrgent;
      again = false;
      againUrgent = false;
    }
    if (more) {
      request(urgent);
    }
  }

  private void advance() {
    long cause = firstCommit.getAndSet(0);
    StandingQuery.Evaluation answer = query.evaluate(this::over);
    LiveState before = state;
    RowVersions rows = (before == null ? RowVersions.NONE : before.rows()).next(answer.rows());
    LiveState next = new LiveState(rows, answer, cause);
    remember(next);
    state = next;
    lanes.values().forEach(Lane::wake);
  }

  private void remember(LiveState next) {
    synchronized (versions) {
      versions.put(next.token(), next.version());
      if (versions.size() > TOKENS_MAX) {
        versions.remove(versions.keySet().iterator().next());
      }
    }
  }

  /** The version of an answer that was named by its position; 0 if it isn't known. */
  long versionOf(String token) {
    synchronized (versions) {
      Long version = versions.get(token);
      return version == null ? 0 : version;
    }
  }

  @Nullable LiveState state() {
    return state;
  }

  ApiException.@Nullable Unavailable stopped() {
    return stopped;
  }

  @Nullable RuntimeException failed() {
    return failed;
  }

  /**
   * To be called regularly: lets time pass and sends signs of life.
   *
   * @param everyNanos the time between calls
   */
  public void sweep(long everyNanos) {
    if (subscribers.get() == 0) {
      return;
    }
    boolean due;
    synchronized (lock) {
      due = evaluated && System.nanoTime() - lastStart + everyNanos / 2 >= pace.tick().toNanos();
    }
    if (due && query.moves()) {
      request(false);
    }
    lanes.values().forEach(lane -> lane.sweep(everyNanos));
  }

  /** Those who read it. */
  public int subscribers() {
    return subscribers.get();
  }

  void left() {
    if (subscribers.decrementAndGet() == 0) {
      synchronized (lock) {
        emptySince = System.nanoTime();
      }
    }
  }

  /** Whether nobody has read it for as long as it lingers. */
  public boolean forgotten() {
    synchronized (lock) {
      return subscribers.get() == 0 && System.nanoTime() - emptySince > pace.linger().toNanos();
    }
  }

  /** Whether it failed, and all its subscribers with it. */
  public boolean broken() {
    return failed != null;
  }

  private void fail(RuntimeException error) {
    failed = error;
    lanes.values().forEach(lane -> lane.end(subscriber -> subscriber.fail(error)));
    close();
  }

  /** Ends all subscriptions, each after the message it is sending. */
  public void stop(ApiException.Unavailable reason) {
    stopped = reason;
    lanes.values().forEach(lane -> lane.end(subscriber -> subscriber.stop(reason)));
    close();
  }

  private void close() {
    registration.close();
    synchronized (lock) {
      ScheduledFuture<?> waiting = scheduled;
      if (waiting != null) {
        waiting.cancel(false);
      }
    }
    query.close();
  }
}
