package dev.millrace.server.live;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.feed.Announcements;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Storage;
import dev.millrace.v1.TailEventsRequest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The open streams of events. Thread-safe. */
public final class Tails implements AutoCloseable {
  private final Storage storage;
  private final EventReading reading;
  private final StreamSlots slots;
  private final Announcements announcements;
  private final Set<Tail> tails = ConcurrentHashMap.newKeySet();
  private final LongAdder messages = new LongAdder();
  private final ExecutorService readers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("tail-", 0).factory());
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("tail-timer").daemon().factory());
  private volatile boolean stopping;

  public Tails(
      Storage storage, EventReading reading, StreamSlots slots, Announcements announcements) {
    this.storage = storage;
    this.reading = reading;
    this.slots = slots;
    this.announcements = announcements;
  }

  /**
   * Opens a stream into a sink.
   *
   * @param key the name of the caller's key, for limits
   * @param project the project, checked
   * @throws ApiException.InvalidArgument if the request isn't as it must be
   * @throws ApiException.ResourceExhausted if there are as many streams as allowed
   * @throws ApiException.Unavailable if the server is stopping
   */
  public Handle open(String key, String project, TailEventsRequest request, TailSink sink) {
    EventReading.Condition condition = reading.compile(request.getWhere());
    Position from = from(project, request.getResumePosition());
    long heartbeat =
        StreamIntervals.heartbeatNanos(
            request.hasHeartbeatInterval(), request.getHeartbeatInterval());
    if (stopping) {
      throw stopped();
    }
    Runnable slot = slots.take(key);
    Tail tail =
        new Tail(
            storage,
            project,
            new TailReader(reading, condition, from),
            sink,
            heartbeat,
            readers,
            timer,
            announcements,
            messages::increment,
            ended -> {
              tails.remove(ended);
              slot.run();
            });
    tails.add(tail);
    tail.start();
    if (stopping) {
      tail.stop(stopped());
    }
    return new Handle(tail);
  }

  /** What a transport tells a stream. */
  public static final class Handle {
    private final Tail tail;

    Handle(Tail tail) {
      this.tail = tail;
    }

    /** The sink may be ready again. */
    public void ready() {
      tail.wake();
    }

    /** The reader has gone. */
    public void cancel() {
      tail.cancel();
    }
  }

  private Position from(String project, String resumePosition) {
    Position current = storage.position(project);
    if (resumePosition.isEmpty()) {
      return current;
    }
    Position from;
    try {
      from = Position.parse(resumePosition);
    } catch (IllegalArgumentException e) {
      throw new ApiException.InvalidArgument(
          "resumePosition", "isn't a position that this server gave");
    }
    if (from.shards() != current.shards() || !current.includes(from)) {
      throw new ApiException.InvalidArgument(
          "resumePosition", "is a position of another store, or of another project");
    }
    return from;
  }

  /** Streams open now. */
  public int count() {
    return tails.size();
  }

  /** Messages sent since the start. */
  public long messagesSent() {
    return messages.sum();
  }

  /** Ends all streams, each after the message it is sending, and opens no more. */
  public void drain() {
    stopping = true;
    tails.forEach(tail -> tail.stop(stopped()));
  }

  private static ApiException.Unavailable stopped() {
    return new ApiException.Unavailable(
        "the server is stopping; resume from the last position elsewhere or later");
  }

  /** Drains, and lets go of the threads. */
  @Override
  public void close() {
    drain();
    readers.shutdown();
    try {
      if (!readers.awaitTermination(5, TimeUnit.SECONDS)) {
        readers.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      readers.shutdownNow();
    }
    timer.shutdownNow();
  }
}
