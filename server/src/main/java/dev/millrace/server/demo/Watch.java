package dev.millrace.server.demo;

import dev.millrace.client.Millrace;
import dev.millrace.v1.Query;
import dev.millrace.v1.Row;
import dev.millrace.v1.SubscribeRequest;
import dev.millrace.v1.SubscribeResponse;
import io.grpc.StatusRuntimeException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription to one query that keeps its rows, and comes back by itself when it breaks. Its
 * rows may be read by any thread.
 */
final class Watch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);
  private static final int RETRY_SECONDS = 1;

  private final Millrace millrace;
  private final Query query;
  private final Map<Row, Row> rows = new HashMap<>();
  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread reader;
  private String position = "";

  Watch(Millrace millrace, Query query) {
    this.millrace = millrace;
    this.query = query;
    this.reader = Thread.ofVirtual().name("demo-watch").start(this::read);
  }

  /** The rows as they are now, in no particular order. */
  synchronized Collection<Row> rows() {
    return List.copyOf(rows.values());
  }

  /** Waits for the first rows; whether they came in time. */
  boolean await(int seconds) throws InterruptedException {
    return first.await(seconds, TimeUnit.SECONDS);
  }

  private void read() {
    try {
      do {
        try {
          Iterator<SubscribeResponse> updates =
              millrace
                  .live()
                  .subscribe(
                      SubscribeRequest.newBuilder()
                          .setQuery(query)
                          .setResumePosition(position)
                          .build());
          while (updates.hasNext()) {
            apply(updates.next());
            first.countDown();
          }
        } catch (StatusRuntimeException e) {
          if (closed.getCount() > 0) {
            log.warn("the subscription ended: {}", e.getStatus());
          }
        }
      } while (!closed.await(RETRY_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private synchronized void apply(SubscribeResponse update) {
    switch (update.getUpdateCase()) {
      case SNAPSHOT -> {
        rows.clear();
        update.getSnapshot().getRowsList().forEach(row -> rows.put(key(row), row));
      }
      case DELTA -> {
        update.getDelta().getRemovedList().forEach(row -> rows.remove(key(row)));
        update.getDelta().getUpsertedList().forEach(row -> rows.put(key(row), row));
      }
      case HEARTBEAT -> {}
      case ANNOUNCEMENT, UPDATE_NOT_SET -> {
        return;
      }
    }
    position = update.getPosition();
  }

  /** What names a row here, where there are no buckets. */
  private static Row key(Row row) {
    return Row.newBuilder().putAllDimensions(row.getDimensionsMap()).build();
  }

  @Override
  public void close() {
    closed.countDown();
    reader.interrupt();
  }
}
