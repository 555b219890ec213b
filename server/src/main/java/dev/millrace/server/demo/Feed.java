package dev.millrace.server.demo;

import dev.millrace.client.Producer;
import dev.millrace.replay.Dataset;
import dev.millrace.replay.Datasets;
import dev.millrace.replay.Recorded;
import dev.millrace.replay.Replay;
import dev.millrace.replay.Timeline;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Sends the recorded day, lap after lap, and remembers how far it has come. One thread sends; any
 * thread may {@link #save}.
 */
final class Feed {
  /** The instant of the recorded day that becomes the moment of the first start. */
  private static final Instant PIVOT = Instant.parse("2015-09-12T18:00:00Z");

  private final Replay replay;
  private final Producer producer;
  private final Path data;
  private final double speed;
  private final InstantSource clock;
  private final Object lock = new Object();

  // Guarded by lock: the last state that is certain, and what the producer had answered then.
  private DemoState state;
  private long answeredThen;

  Feed(
      Replay replay,
      Producer producer,
      Path data,
      double speed,
      InstantSource clock,
      DemoState state) {
    this.replay = replay;
    this.producer = producer;
    this.data = data;
    this.speed = speed;
    this.clock = clock;
    this.state = state;
  }

  /** How many events of the past are still to be sent. */
  long pastLeft() throws IOException {
    DemoState now = progress();
    if (now.lap() > 0) {
      return 0;
    }
    try (Stream<Recorded> events = Datasets.wikipediaEdits().events()) {
      long past = events.takeWhile(event -> !event.time().isAfter(PIVOT)).count();
      return Math.max(0, past - now.rows());
    }
  }

  /**
   * Sends the past, and returns when it is stored.
   *
   * @param left from {@link #pastLeft}
   * @param stored hears how many are stored
   */
  void loadPast(long left, LongConsumer stored) throws IOException, InterruptedException {
    DemoState now = progress();
    replay.run(
        Datasets.wikipediaEdits(),
        Timeline.moved(PIVOT, now.start()),
        now.rows(),
        left,
        event -> stored.accept(producer.stats().answered()));
    producer.flush();
    stored.accept(producer.stats().answered());
    save();
  }

  /** Goes on from where it stands at its own pace, and begins the day again whenever it is over. */
  void live() throws IOException, InterruptedException {
    while (true) {
      DemoState now = progress();
      Dataset day = Datasets.wikipediaEdits(now.lap());
      replay.run(
          day,
          new Timeline(timeOf(day, now.rows()), clock.instant(), speed, true),
          now.rows(),
          Long.MAX_VALUE,
          event -> {});
      producer.flush();
      synchronized (lock) {
        state = now.at(now.lap() + 1, 0);
        answeredThen = producer.stats().answered();
      }
      save();
    }
  }

  /** Keeps how far it has come. */
  void save() throws IOException {
    progress().save(data);
  }

  private DemoState progress() {
    synchronized (lock) {
      // Events are answered in the order in which they are sent, so a count says which ones.
      return state.at(state.lap(), state.rows() + producer.stats().answered() - answeredThen);
    }
  }

  /** The time of a row, or of the first one for 0. */
  private static Instant timeOf(Dataset day, long row) throws IOException {
    try (Stream<Recorded> events = day.events()) {
      return events.skip(Math.max(0, row - 1)).findFirst().map(Recorded::time).orElse(PIVOT);
    }
  }
}
