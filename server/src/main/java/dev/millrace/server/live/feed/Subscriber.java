package dev.millrace.server.live.feed;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.log.Position;
import dev.millrace.v1.Announcement;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a feed: which version it has, and nothing that waits for it. Confined to the thread
 * of its lane, except where it says otherwise.
 */
public final class Subscriber {
  /** Has no rows yet. */
  private static final long NOTHING = 0;

  private final Options options;
  private final UpdateSink sink;
  private final FeedMeter meter;

  private final Lane lane;
  private Announcements.@Nullable Receiver receiver;
  private long version = NOTHING;
  private boolean reset;
  private boolean started;
  private boolean ended;
  private long lastSent;
  private volatile boolean lagging;

  /**
   * How a reader wants its updates.
   *
   * @param executor runs one task at a time, and is the thread that the sink is used on
   * @param atLeast a state that the first update must include
   * @param resume the update it has, as named by its position; empty if none
   * @param heartbeatNanos the longest time without a message
   * @param announcements where messages to people come from; null to leave them out
   * @param onEnd called once when the subscription is over
   */
  public record Options(
      String project,
      Executor executor,
      Position atLeast,
      String resume,
      long heartbeatNanos,
      @Nullable Announcements announcements,
      Runnable onEnd) {}

  Subscriber(Lane lane, Options options, UpdateSink sink, FeedMeter meter) {
    this.lane = lane;
    this.options = options;
    this.sink = sink;
    this.meter = meter;
    this.lastSent = System.nanoTime();
  }

  void enter() {
    if (options.announcements != null) {
      receiver = options.announcements.join(options.project, this::wake);
    }
  }

  /** The sink may be ready again. Any thread. */
  public void ready() {
    if (lagging) {
      wake();
    }
  }

  private void wake() {
    lane.execute(this::serve);
  }

  /** The reader has gone. Any thread. */
  public void cancel() {
    lane.execute(() -> lane.remove(this));
  }

  private void serve() {
    LiveState state = lane.state();
    if (state != null) {
      serve(state);
    }
  }

  /** Brings it to a state, if it can take a message now; what it has got by then is skipped. */
  void serve(LiveState state) {
    if (ended) {
      return;
    }
    // Before the question, so that the sink's becoming ready in between isn't missed.
    lagging = true;
    if (!sink.ready()) {
      return;
    }
    lagging = false;
    if (!started) {
      start(state);
    } else if (version != state.version()) {
      advance(state);
    }
    announce();
  }

  private void start(LiveState state) {
    if (!state.position().includes(options.atLeast)) {
      return;
    }
    started = true;
    long had = options.resume.isEmpty() ? NOTHING : lane.versionOf(options.resume);
    if (!options.resume.isEmpty() && (had == NOTHING || !state.rows().knows(had))) {
      reset = true;
      had = NOTHING;
    }
    version = had;
    send(had == NOTHING ? state.snapshot(reset) : state.since(had), state);
  }

  private void advance(LiveState state) {
    boolean known = state.rows().knows(version);
    meter.delivered(state.causeNanos(), state.version() - version - 1);
    send(known ? state.since(version) : state.snapshot(false), state);
  }

  private void send(Update update, LiveState state) {
    version = state.version();
    lastSent = System.nanoTime();
    sink.send(update);
    meter.sent();
  }

  private void announce() {
    Announcements.Receiver mine = receiver;
    if (mine == null || options.announcements == null) {
      return;
    }
    for (Announcement announcement : options.announcements.take(mine)) {
      sink.announce(announcement);
      meter.sent();
    }
  }

  /** Sends a sign of life if it is due before another look. */
  void beat(LiveState state, long withinNanos) {
    if (started
        && version == state.version()
        && System.nanoTime() - lastSent + withinNanos >= options.heartbeatNanos
        && sink.ready()) {
      send(state.since(version), state);
    }
  }

  /** Ends it. */
  void stop(ApiException.Unavailable reason) {
    if (end()) {
      sink.stop(reason);
    }
  }

  /** Ends it. */
  void fail(RuntimeException error) {
    if (end()) {
      sink.fail(error);
    }
  }

  /** Whether it hadn't been ended before. */
  boolean end() {
    if (ended) {
      return false;
    }
    ended = true;
    if (receiver != null && options.announcements != null) {
      options.announcements.leave(receiver);
    }
    options.onEnd.run();
    return true;
  }
}
