package dev.millrace.replay;

import dev.millrace.client.Event;
import dev.millrace.client.Producer;
import java.io.IOException;
import java.util.Iterator;
import java.util.stream.Stream;

/** Sends the events of a data set, in its order, each when it is due. */
public final class Replay {
  private final Producer producer;
  private final Pacer pacer;

  public Replay(Producer producer, Pacer pacer) {
    this.producer = producer;
    this.pacer = pacer;
  }

  /** Hears of events as they are handed over. */
  public interface Listener {
    /** The event was handed to the producer. */
    void sent(Recorded recorded);

    /** Nothing is due before the event: what was handed over so far is all there is for now. */
    default void waiting(Recorded next) {}
  }

  /**
   * Sends events and returns when the last one is handed over, which isn't yet acknowledged then.
   *
   * @param skip rows to leave out at the beginning
   * @return the number of events sent
   */
  public long run(Dataset data, Timeline timeline, long skip, Listener listener)
      throws IOException, InterruptedException {
    long sent = 0;
    boolean waited = false;
    try (Stream<Recorded> events = data.events()) {
      for (Iterator<Recorded> all = events.skip(skip).iterator(); all.hasNext(); sent++) {
        Recorded recorded = all.next();
        if (timeline.waits(recorded.time())) {
          if (!waited) {
            listener.waiting(recorded);
            waited = true;
          }
          pacer.await(timeline.due(recorded.time()));
        }
        Event event = recorded.event().time(timeline.at(recorded.time())).build();
        producer.send(event);
        listener.sent(recorded);
      }
    }
    return sent;
  }
}
