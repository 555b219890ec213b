package dev.millrace.server.demo;

import dev.millrace.client.Millrace;
import dev.millrace.client.Producer;
import dev.millrace.client.ProducerException;
import dev.millrace.replay.Pacer;
import dev.millrace.replay.ProgressBar;
import dev.millrace.replay.Replay;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A day of Wikipedia edits, moved to now: what lies before its pivot is loaded at once, the rest
 * arrives at its own pace times a factor, and then the day begins again. Meanwhile a few figures
 * are subscribed to and shown. {@link #run} is called once; {@link #stop} may be called from any
 * thread.
 */
public final class Demo {
  private static final Logger log = LoggerFactory.getLogger(Demo.class);
  private static final String PRODUCER = "millrace-demo";
  private static final Duration FLUSH = Duration.ofSeconds(5);
  private static final int STOP_SECONDS = 15;

  private final DemoOptions options;
  private final PrintStream out;
  private final InstantSource clock;
  private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean stopping;

  public Demo(DemoOptions options, PrintStream out, InstantSource clock) {
    this.options = options;
    this.out = out;
    this.clock = clock;
  }

  /**
   * Runs until it is stopped.
   *
   * @throws IOException if its state can't be read or written
   * @throws ProducerException if the server refuses its events
   */
  public void run() throws IOException {
    runner.set(Thread.currentThread());
    try (Millrace millrace = Millrace.connect(options.address())) {
      if (!stopping) {
        run(millrace);
      }
    } catch (InterruptedException e) {
      if (!stopping) {
        Thread.currentThread().interrupt();
      }
    } finally {
      runner.set(null);
      finished.countDown();
    }
  }

  /** Ends {@link #run}, and returns when what it had sent is stored and its state kept. */
  public void stop() {
    stopping = true;
    Thread running = runner.get();
    if (running != null) {
      running.interrupt();
      try {
        if (!finished.await(STOP_SECONDS, TimeUnit.SECONDS)) {
          log.warn("the demo took longer than {} s to stop", STOP_SECONDS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run(Millrace millrace) throws IOException, InterruptedException {
    Producer producer = millrace.producer().producerId(PRODUCER).epoch(clock.millis()).build();
    Replay replay = new Replay(producer, Pacer.of(clock));
    DemoState state = DemoState.load(options.data(), clock.instant());
    Feed feed = new Feed(replay, producer, options.data(), options.speed(), clock, state);
    ExecutorService threads =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("demo-feed").daemon().factory());
    try {
      feed.save();
      loadPast(feed);
      printHints();
      try (LiveFigures figures = new LiveFigures(millrace)) {
        watch(figures, feed, threads);
      }
    } finally {
      threads.shutdownNow();
      finish(feed, producer);
    }
  }

  private void loadPast(Feed feed) throws IOException, InterruptedException {
    long left = feed.pastLeft();
    if (left > 0) {
      try (ProgressBar bar =
          new ProgressBar(out, options.terminal(), "Loading edits", left, System::nanoTime)) {
        feed.loadPast(left, bar::update);
      }
    } else {
      out.println("The edits of the last start are there; going on from there.");
    }
  }

  private static @Nullable Void live(Feed feed) throws IOException, InterruptedException {
    feed.live();
    return null;
  }

  /** Shows figures once a second, until the feed ends, which it only does when it fails. */
  private void watch(LiveFigures figures, Feed feed, ExecutorService threads)
      throws IOException, InterruptedException {
    if (!figures.await()) {
      log.warn("the server hasn't sent its figures yet");
    }
    Screen screen = new Screen(out, options.terminal());
    Future<?> live = threads.submit(() -> live(feed));
    while (!stopping) {
      screen.show(figures.now());
      try {
        live.get(1, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        feed.save();
      } catch (ExecutionException e) {
        throw new IOException("the demo can't go on: " + e.getCause(), e);
      }
    }
  }

  /** Waits for what is on its way, whether or not this thread was interrupted to come here. */
  private void finish(Feed feed, Producer producer) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      producer.close(FLUSH);
    } catch (ProducerException e) {
      log.warn("not all edits were stored: {}", e.getMessage());
    } finally {
      feed.save();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void printHints() {
    String url = "http://" + options.address();
    out.printf(
        """

        Millrace runs at %1$s, its data is in %2$s. Try:

          curl -s %1$s/v1/query -H 'content-type: application/json' \\
            -d '{"query":{"measures":[{"aggregation":"COUNT"}],"groupBy":["type"],"limit":5}}'
          curl -s '%1$s/v1/events?pageSize=3'
          curl -N %1$s/v1/live/events
          curl -N -G %1$s/v1/live --data-urlencode \\
            'query={"measures":[{"aggregation":"COUNT"}],"range":{"last":"1m"}}'

        """,
        url, options.data());
  }
}
