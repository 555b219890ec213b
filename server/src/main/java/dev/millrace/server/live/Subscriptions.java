package dev.millrace.server.live;

import com.google.protobuf.ByteString;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.feed.Announcements;
import dev.millrace.server.live.feed.Feed;
import dev.millrace.server.live.feed.Pace;
import dev.millrace.server.live.feed.StandingQuery;
import dev.millrace.server.live.feed.Subscriber;
import dev.millrace.server.live.feed.UpdateSink;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Storage;
import dev.millrace.v1.SubscribeRequest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The questions that are watched, and those who watch them. Thread-safe.
 *
 * <p>All who ask the same question with the same shortest interval share one {@link Feed}.
 * Questions are evaluated on a few threads of their own, whatever their number.
 */
public final class Subscriptions implements AutoCloseable {
  /** The channel of server statistics. */
  public static final String METRICS = "metrics";

  private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final Storage storage;
  private final StandingQueries queries;
  private final Function<String, StandingQuery> statistics;
  private final LiveLimits limits;
  private final Pace pace;
  private final StreamSlots slots;
  private final Announcements announcements;
  private final LiveMetrics metrics;
  private final Map<Key, Feed> feeds = new ConcurrentHashMap<>();
  private final ExecutorService evaluators;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("live-timer").daemon().factory());
  private volatile boolean stopping;

  /** What makes subscribers share: the question in the one form that equal questions have. */
  private record Key(String project, String channel, ByteString query, long intervalNanos) {}

  /**
   * Who subscribes, and where to.
   *
   * @param key the name of the caller's key, for limits
   * @param project the project, checked
   * @param executor runs one task at a time: the thread that the sink is used on
   * @param announcements whether the sink gets messages to people
   */
  public record Reader(
      String key, String project, Executor executor, boolean announcements, UpdateSink sink) {}

  /**
   * @param statistics makes the question behind the channel of statistics, for a project
   */
  public Subscriptions(
      Storage storage,
      StandingQueries queries,
      Function<String, StandingQuery> statistics,
      LiveLimits limits,
      Pace pace,
      StreamSlots slots,
      Announcements announcements,
      LiveMetrics metrics) {
    this.storage = storage;
    this.queries = queries;
    this.statistics = statistics;
    this.limits = limits;
    this.pace = pace;
    this.slots = slots;
    this.announcements = announcements;
    this.metrics = metrics;
    this.evaluators =
        Executors.newFixedThreadPool(
            limits.evaluators(), Thread.ofPlatform().name("live-evaluator-", 0).daemon().factory());
    var _ =
        timer.scheduleWithFixedDelay(this::sweep, SWEEP_NANOS, SWEEP_NANOS, TimeUnit.NANOSECONDS);
  }

  /**
   * Subscribes. The first message is a snapshot, or on resuming what changed since, if only a sign
   * of life; it includes all that was acknowledged before.
   *
   * @throws ApiException.InvalidArgument if the request isn't as it must be
   * @throws ApiException.ResourceExhausted if there are as many streams or questions as allowed
   * @throws ApiException.Unavailable if the server is stopping
   */
  public Subscriber open(SubscribeRequest request, Reader reader) {
    long interval = StreamIntervals.updateNanos(request.hasMinInterval(), request.getMinInterval());
    long heartbeat =
        StreamIntervals.heartbeatNanos(
            request.hasHeartbeatInterval(), request.getHeartbeatInterval());
    Position current = storage.position(reader.project());
    checkResume(request.getResumePosition());
    checkSubject(request);
    Key key =
        new Key(
            reader.project(),
            request.getChannel(),
            CanonicalBytes.of(request.getQuery()),
            interval);
    Runnable slot = slots.take(reader.key());
    Subscriber.Options options =
        new Subscriber.Options(
            reader.project(),
            reader.executor(),
            current,
            request.getResumePosition(),
            heartbeat,
            reader.announcements() ? announcements : null,
            slot);
    try {
      return join(key, request, options, reader.sink());
    } catch (RuntimeException e) {
      slot.run();
      throw e;
    }
  }

  private static void checkSubject(SubscribeRequest request) {
    if (request.getChannel().isEmpty()) {
      if (!request.hasQuery()) {
        throw new ApiException.InvalidArgument("query", "is missing");
      }
    } else if (!request.getChannel().equals(METRICS)) {
      throw new ApiException.InvalidArgument(
          "channel", "must be metrics, found '" + request.getChannel() + "'");
    } else if (request.hasQuery()) {
      throw new ApiException.InvalidArgument("channel", "can't be named beside a query");
    }
  }

  private static void checkResume(String token) {
    try {
      if (!token.isEmpty()) {
        Position _ = Position.parse(token);
      }
    } catch (IllegalArgumentException e) {
      throw new ApiException.InvalidArgument(
          "resumePosition", "isn't a position that this server gave");
    }
  }

  /** Adds a reader to the feed of its question, while no other thread makes or drops that feed. */
  private Subscriber join(
      Key key, SubscribeRequest request, Subscriber.Options options, UpdateSink sink) {
    if (!feeds.containsKey(key)) {
      makeRoom();
    }
    Joined joined = new Joined();
    feeds.compute(
        key,
        (missing, known) -> {
          if (stopping) {
            throw stopped();
          }
          Feed feed = known == null || known.broken() ? feed(key, request) : known;
          joined.subscriber = feed.join(options, sink);
          return feed;
        });
    Subscriber subscriber = joined.subscriber;
    if (subscriber == null) {
      throw new IllegalStateException("a reader that joined nothing");
    }
    return subscriber;
  }

  private static final class Joined {
    @Nullable Subscriber subscriber;
  }

  private Feed feed(Key key, SubscribeRequest request) {
    StandingQuery query =
        key.channel().isEmpty()
            ? queries.open(key.project(), request.getQuery())
            : statistics.apply(key.project());
    return new Feed(
        key.project(), query, key.intervalNanos(), pace, storage, evaluators, timer, metrics);
  }

  /** Forgets a question that nobody watches, if there are as many as allowed. */
  private void makeRoom() {
    if (feeds.size() < limits.queriesMax()) {
      return;
    }
    for (Key key : feeds.keySet()) {
      if (drop(key, feed -> feed.subscribers() == 0)) {
        return;
      }
    }
    throw new ApiException.ResourceExhausted(
        "the server keeps %d different live queries up to date, as many as it allows (live.maxQueries)"
            .formatted(limits.queriesMax()),
        RETRY);
  }

  /** Drops a feed if it is broken or a condition holds, and says whether it is gone. */
  private boolean drop(Key key, Predicate<Feed> when) {
    return feeds.computeIfPresent(
            key,
            (same, feed) -> {
              if (!feed.broken() && !when.test(feed)) {
                return feed;
              }
              feed.stop(stopped());
              return null;
            })
        == null;
  }

  private void sweep() {
    feeds.forEach(
        (key, feed) -> {
          if (feed.broken() || feed.forgotten()) {
            boolean _ = drop(key, Feed::forgotten);
          } else {
            feed.sweep(SWEEP_NANOS);
          }
        });
  }

  /** Different questions kept up to date now. */
  public int queries() {
    return feeds.size();
  }

  /** Those who watch them. */
  public int subscribers() {
    return feeds.values().stream().mapToInt(Feed::subscribers).sum();
  }

  /** Ends all subscriptions, each after the message it is sending, and opens no more. */
  public void drain() {
    stopping = true;
    feeds.forEach((key, feed) -> feed.stop(stopped()));
  }

  private static ApiException.Unavailable stopped() {
    return new ApiException.Unavailable(
        "the server is stopping; resume from the last position elsewhere or later");
  }

  /** Drains, and lets go of the threads. */
  @Override
  public void close() {
    drain();
    timer.shutdownNow();
    evaluators.shutdown();
    try {
      if (!evaluators.awaitTermination(5, TimeUnit.SECONDS)) {
        evaluators.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      evaluators.shutdownNow();
    }
  }
}
