package dev.millrace.server.live;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.feed.Announcements;
import dev.millrace.server.storage.Snapshot;
import dev.millrace.server.storage.Storage;
import dev.millrace.v1.Announcement;
import dev.millrace.v1.TailEventsResponse;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of events. Thread-safe: whoever has news wakes it, and one thread at a time works.
 *
 * <p>It reads only when its sink is ready, and at most every {@link #PAUSE_NANOS}, so that a busy
 * store with many streams does more with each reading instead of reading more often. The first
 * event after a quiet time goes out at once.
 */
final class Tail {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Storage storage;
  private final String project;
  private final TailReader reader;
  private final TailSink sink;
  private final long heartbeatNanos;
  private final Executor executor;
  private final ScheduledExecutorService timer;
  private final Consumer<Tail> onEnd;
  private final Announcements announcements;
  private final Runnable onMessage;

  private final AtomicInteger wakeUps = new AtomicInteger();
  private final AtomicBoolean pausing = new AtomicBoolean();
  private volatile boolean heartbeatDue;
  private volatile boolean ended;
  private volatile boolean cancelled;
  private volatile ApiException.@Nullable Unavailable stop;
  private volatile long lastRead;
  private volatile long lastSent;
  private Storage.@Nullable Registration registration;
  private @Nullable ScheduledFuture<?> heartbeat;
  private volatile Announcements.@Nullable Receiver receiver;

  Tail(
      Storage storage,
      String project,
      TailReader reader,
      TailSink sink,
      long heartbeatNanos,
      Executor executor,
      ScheduledExecutorService timer,
      Announcements announcements,
      Runnable onMessage,
      Consumer<Tail> onEnd) {
    this.storage = storage;
    this.project = project;
    this.reader = reader;
    this.sink = sink;
    this.heartbeatNanos = heartbeatNanos;
    this.executor = executor;
    this.timer = timer;
    this.announcements = announcements;
    this.onMessage = onMessage;
    this.onEnd = onEnd;
    lastSent = System.nanoTime();
    lastRead = lastSent - PAUSE_NANOS;
  }

  void start() {
    // A first message right away tells the reader where it stands, and that the stream is open.
    heartbeatDue = true;
    synchronized (this) {
      registration = storage.onCommit(project, this::onCommit);
      receiver = announcements.join(project, this::wake);
      heartbeat =
          timer.scheduleWithFixedDelay(
              this::onTimer, heartbeatNanos, Math.max(1, heartbeatNanos / 4), TimeUnit.NANOSECONDS);
    }
    wake();
  }

  private void onCommit() {
    long wait = lastRead + PAUSE_NANOS - System.nanoTime();
    if (wait <= 0) {
      wake();
    } else if (pausing.compareAndSet(false, true)) {
      var _ =
          timer.schedule(
              () -> {
                pausing.set(false);
                wake();
              },
              wait,
              TimeUnit.NANOSECONDS);
    }
  }

  private void onTimer() {
    if (System.nanoTime() - lastSent >= heartbeatNanos) {
      heartbeatDue = true;
      wake();
    }
  }

  /** The sink may be ready, or there may be something new. */
  void wake() {
    if (wakeUps.getAndIncrement() == 0) {
      try {
        executor.execute(this::work);
      } catch (RejectedExecutionException e) {
        release();
      }
    }
  }

  /** The reader has gone. */
  void cancel() {
    cancelled = true;
    wake();
  }

  /** Ends the stream after the message being sent. */
  void stop(ApiException.Unavailable reason) {
    stop = reason;
    wake();
  }

  private void work() {
    int seen;
    do {
      seen = wakeUps.get();
      if (!ended) {
        try {
          step();
        } catch (RuntimeException e) {
          release();
          if (!cancelled) {
            sink.fail(e);
          }
        }
      }
    } while (wakeUps.addAndGet(-seen) != 0);
  }

  private void step() {
    ApiException.Unavailable reason = stop;
    if (cancelled) {
      release();
    } else if (reason != null) {
      release();
      sink.stop(reason);
    } else {
      advance();
    }
  }

  private void advance() {
    boolean more = true;
    while (more && sink.ready() && !cancelled && stop == null) {
      more = read();
    }
    announce();
    if (heartbeatDue && !cancelled && sink.ready()) {
      send(TailEventsResponse.newBuilder().setPosition(reader.position().token()).build());
    }
  }

  private void announce() {
    Announcements.Receiver mine = receiver;
    if (mine != null && !cancelled && sink.ready()) {
      for (Announcement announcement : announcements.take(mine)) {
        send(TailEventsResponse.newBuilder().setAnnouncement(announcement).build());
      }
    }
  }

  /** Reads one piece, and says whether there is more. */
  private boolean read() {
    lastRead = System.nanoTime();
    if (!reader.behind(storage.position(project))) {
      return false;
    }
    try (Snapshot snapshot = storage.snapshot(project)) {
      if (!reader.behind(snapshot.position())) {
        return false;
      }
      TailEventsResponse message = reader.next(snapshot);
      if (message.getEventsCount() > 0) {
        send(message);
      }
      return reader.behind(snapshot.position());
    }
  }

  private void send(TailEventsResponse message) {
    heartbeatDue = false;
    lastSent = System.nanoTime();
    sink.send(message);
    onMessage.run();
  }

  private synchronized void release() {
    if (ended) {
      return;
    }
    ended = true;
    if (registration != null) {
      registration.close();
    }
    if (heartbeat != null) {
      heartbeat.cancel(false);
    }
    Announcements.Receiver mine = receiver;
    if (mine != null) {
      announcements.leave(mine);
    }
    onEnd.accept(this);
  }
}
