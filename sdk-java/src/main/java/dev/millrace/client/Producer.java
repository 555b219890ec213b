package dev.millrace.client;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.grpc.Channel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sends events in numbered batches, each acknowledged by the server once it is on disk. A batch
 * whose acknowledgement is lost is sent again under its number, so that its events are stored
 * exactly once.
 *
 * <p>Events are kept until they are acknowledged, within {@link Builder#maxBufferedBytes}; when
 * that is full, {@link #send} waits and {@link #trySend} declines: nothing is dropped. A server
 * that is away or overloaded is tried again until it answers or the producer is closed.
 * Thread-safe; one thread's events keep their order.
 */
public final class Producer implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final ProducerOptions options;
  private final Backlog backlog;
  private final PublishLoop loop;
  private final Thread thread;
  private final Set<Producer> siblings;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Producer(Builder builder) {
    options = builder.options();
    backlog = new Backlog(options);
    loop =
        new PublishLoop(
            options,
            builder.channel,
            builder.reconnect,
            Requests.publish(options, InstantSource.system()),
            backlog,
            builder.listener);
    siblings = builder.siblings;
    thread = new Thread(loop, "millrace-producer-" + options.producerId());
    thread.setDaemon(true);
  }

  /** The name under which the server knows this producer. */
  public String producerId() {
    return options.producerId();
  }

  /** The incarnation of the name. */
  public long epoch() {
    return options.epoch();
  }

  /**
   * Hands over an event, waiting while the buffer is full.
   *
   * @throws ProducerException if the producer has given up or is closed
   * @throws IllegalArgumentException if the event is larger than a batch may be
   */
  public void send(Event event) throws InterruptedException {
    backlog.add(event, true);
  }

  /**
   * Hands over an event if there is room for it.
   *
   * @return false if the buffer is full; the event wasn't taken
   * @throws ProducerException if the producer has given up or is closed
   * @throws IllegalArgumentException if the event is larger than a batch may be
   */
  public boolean trySend(Event event) throws InterruptedException {
    return backlog.add(event, false);
  }

  /**
   * Waits until every event handed over before is acknowledged.
   *
   * @throws ProducerException if the producer gave up
   */
  public void flush() throws InterruptedException {
    backlog.flush(Long.MAX_VALUE);
  }

  /**
   * As {@link #flush()}, for at most the given time.
   *
   * @return false if the time ran out first; nothing is lost by that
   */
  public boolean flush(Duration timeout) throws InterruptedException {
    return backlog.flush(timeout.toNanos());
  }

  /** The figures so far. */
  public ProducerStats stats() {
    return loop.stats();
  }

  /**
   * Waits up to 30 seconds until everything is acknowledged and ends the producer.
   *
   * @throws ProducerException if events are left that the server may not have
   */
  @Override
  public void close() {
    close(CLOSE_TIMEOUT);
  }

  /**
   * As {@link #close()}, with the time to wait. Further calls do nothing.
   *
   * @throws ProducerException if events are left that the server may not have
   */
  public void close(Duration timeout) {
    if (closed.getAndSet(true)) {
      return;
    }
    backlog.close();
    boolean flushed = false;
    try {
      flushed = backlog.flush(timeout.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      loop.stop();
      siblings.remove(this);
    }
    if (!flushed) {
      throw new ProducerException(
          ProducerException.Reason.TIMED_OUT,
          "the producer was closed before all its events were acknowledged",
          null);
    }
  }

  /** Says how a producer works. Get one from {@link Millrace#producer()}. */
  public static final class Builder {
    private final Channel channel;
    private final Runnable reconnect;
    private final String project;
    private final Set<Producer> siblings;
    private String producerId = UUID.randomUUID().toString();
    private long epoch = System.currentTimeMillis();
    private int maxBatchEvents = 500;
    private int maxBatchBytes = 512 << 10;
    private long maxBufferedBytes = 16 << 20;
    private int maxInFlight = 8;
    private Duration linger = Duration.ofMillis(5);
    private Duration retryDelay = Duration.ofMillis(50);
    private Duration maxRetryDelay = Duration.ofSeconds(5);
    private Duration acknowledgementTimeout = Duration.ofSeconds(30);
    private boolean clockCorrection;
    private OutcomeListener listener = outcome -> {};

    Builder(Channel channel, Runnable reconnect, String project, Set<Producer> siblings) {
      this.channel = channel;
      this.reconnect = reconnect;
      this.project = project;
      this.siblings = siblings;
    }

    /**
     * Names the producer; a random name by default. A restarted program that keeps its name fences
     * off what is left of the one before. 1 to 128 bytes of UTF-8.
     */
    @CanIgnoreReturnValue
    public Builder producerId(String id) {
      producerId = requireNonNull(id, "id");
      return this;
    }

    /**
     * The incarnation of the name; the time in milliseconds by default. Must grow with each
     * restart.
     */
    @CanIgnoreReturnValue
    public Builder epoch(long incarnation) {
      epoch = incarnation;
      return this;
    }

    /** The most events of a batch, 1 to 10,000; 500 by default. */
    @CanIgnoreReturnValue
    public Builder maxBatchEvents(int events) {
      maxBatchEvents = events;
      return this;
    }

    /** The most bytes of a batch, up to 3 MiB; 512 KiB by default. */
    @CanIgnoreReturnValue
    public Builder maxBatchBytes(int bytes) {
      maxBatchBytes = bytes;
      return this;
    }

    /** The most bytes of unacknowledged events, at least a batch's; 16 MiB by default. */
    @CanIgnoreReturnValue
    public Builder maxBufferedBytes(long bytes) {
      maxBufferedBytes = bytes;
      return this;
    }

    /** The most batches on their way at once; 8 by default. */
    @CanIgnoreReturnValue
    public Builder maxInFlight(int batches) {
      maxInFlight = batches;
      return this;
    }

    /**
     * How long a batch that isn't full waits for more events; 5 ms by default, 0 for not at all.
     */
    @CanIgnoreReturnValue
    public Builder linger(Duration time) {
      linger = requireNonNull(time, "time");
      return this;
    }

    /**
     * How long to wait before trying again: a random time up to a limit that doubles from the first
     * to the last value; 50 ms and 5 s by default. If the server asks for a longer wait, that
     * counts.
     */
    @CanIgnoreReturnValue
    public Builder retryDelay(Duration first, Duration max) {
      retryDelay = requireNonNull(first, "first");
      maxRetryDelay = requireNonNull(max, "max");
      return this;
    }

    /**
     * How long to wait for an acknowledgement before the stream is opened anew; 30 s by default.
     */
    @CanIgnoreReturnValue
    public Builder acknowledgementTimeout(Duration time) {
      acknowledgementTimeout = requireNonNull(time, "time");
      return this;
    }

    /**
     * Sends this machine's clock along, so that the server corrects the times of events by the
     * difference to its own. Off by default: for events that were recorded elsewhere it would be
     * wrong.
     */
    @CanIgnoreReturnValue
    public Builder clockCorrection(boolean on) {
      clockCorrection = on;
      return this;
    }

    /** Who hears what became of every batch. */
    @CanIgnoreReturnValue
    public Builder listener(OutcomeListener outcomes) {
      listener = requireNonNull(outcomes, "outcomes");
      return this;
    }

    /**
     * Starts the producer. It connects when it has something to send.
     *
     * @throws IllegalArgumentException if an option is out of its range
     */
    public Producer build() {
      Producer producer = new Producer(this);
      siblings.add(producer);
      producer.thread.start();
      return producer;
    }

    private ProducerOptions options() {
      return new ProducerOptions(
          project,
          producerId,
          epoch,
          maxBatchEvents,
          maxBatchBytes,
          maxBufferedBytes,
          maxInFlight,
          linger,
          retryDelay,
          maxRetryDelay,
          acknowledgementTimeout,
          clockCorrection);
    }
  }
}
