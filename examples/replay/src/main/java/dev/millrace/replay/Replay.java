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
  }

  /**
   * Sends events and returns when the last one is handed over, which isn't yet acknowledged then.
   *
   * @param skip rows to leave out at the beginning
   * @param limit the most events to send
   * @return the number of events sent
   */
  public long run(Dataset data, Timeline timeline, long skip, long limit, Listener listener)
      throws IOException, InterruptedException {
    long sent = 0;
    try (Stream<Recorded> events = data.events()) {
      for (Iterator<Recorded> all = events.skip(skip).limit(limit).iterator();
          all.hasNext();
          sent++) {
        Recorded recorded = all.next();
        if (timeline.waits(recorded.time())) {
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
