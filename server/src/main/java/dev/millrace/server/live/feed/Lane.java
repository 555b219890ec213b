package dev.millrace.server.live.feed;

import dev.millrace.server.error.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Those subscribers of a feed whose connections one thread serves. Everything about them happens on
 * that thread, so that an update costs one hand-over for all of them, and no locks.
 */
final class Lane {
  /** Subscribers served before others' work gets its turn on the thread. */
  private static final int CHUNK = 256;

  private final Feed feed;
  private final Executor executor;
  private final AtomicBoolean working = new AtomicBoolean();
  private final List<Subscriber> subscribers = new ArrayList<>();

  // Of the round under way: where it stands, and the state it began with.
  private int cursor;
  private @Nullable LiveState round;

  Lane(Feed feed, Executor executor) {
    this.feed = feed;
    this.executor = executor;
  }

  void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      // The thread is gone and its connections with it.
    }
  }

  @Nullable LiveState state() {
    return feed.state();
  }

  long versionOf(String token) {
    return feed.versionOf(token);
  }

  void add(Subscriber subscriber) {
    execute(
        () -> {
          subscriber.enter();
          ApiException.Unavailable stopped = feed.stopped();
          RuntimeException failed = feed.failed();
          if (stopped != null) {
            subscriber.stop(stopped);
            feed.left();
          } else if (failed != null) {
            subscriber.fail(failed);
            feed.left();
          } else {
            subscribers.add(subscriber);
            LiveState state = state();
            if (state != null) {
              subscriber.serve(state);
            }
          }
        });
  }

  void remove(Subscriber subscriber) {
    if (subscriber.end() && subscribers.remove(subscriber)) {
      feed.left();
      // The one that moved into the place before the cursor is served in the next round at the
      // latest.
      cursor = Math.max(0, cursor - 1);
    }
  }

  /** There is a new state. */
  void wake() {
    if (working.compareAndSet(false, true)) {
      execute(this::work);
    }
  }

  private void work() {
    LiveState state = state();
    if (state == null) {
      working.set(false);
      return;
    }
    if (cursor == 0) {
      round = state;
    }
    int end = Math.min(subscribers.size(), cursor + CHUNK);
    for (; cursor < end; cursor++) {
      subscribers.get(cursor).serve(state);
    }
    if (cursor < subscribers.size()) {
      execute(this::work);
      return;
    }
    cursor = 0;
    // Those at the beginning of the round may have got an earlier state.
    LiveState began = round;
    round = null;
    working.set(false);
    if (began != feed.state()) {
      wake();
    }
  }

  /** Sends signs of life where they are due before the next call. */
  void sweep(long withinNanos) {
    execute(
        () -> {
          LiveState state = state();
          if (state != null) {
            subscribers.forEach(subscriber -> subscriber.beat(state, withinNanos));
          }
        });
  }

  /** Ends all subscribers. */
  void end(Consumer<Subscriber> how) {
    execute(
        () -> {
          List<Subscriber> all = List.copyOf(subscribers);
          subscribers.clear();
          cursor = 0;
          all.forEach(
              subscriber -> {
                how.accept(subscriber);
                feed.left();
              });
        });
  }
}
