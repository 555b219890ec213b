package dev.millrace.server.app;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.feed.Update;
import dev.millrace.server.live.feed.UpdateSink;
import dev.millrace.v1.Announcement;
import dev.millrace.v1.Row;
import dev.millrace.v1.SubscribeResponse;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a reader of a subscription knows, put together from its updates as any client would. */
public final class Mirror implements UpdateSink {
  private final Map<Row, Row> rows = new HashMap<>();
  private volatile boolean ready = true;
  private @Nullable SubscribeResponse latest;
  private @Nullable RuntimeException failure;
  private int resets;
  private int deltas;

  /** A state that was known, and the update that made it. */
  public record Known(SubscribeResponse update, Map<Row, Row> rows) {}

  public synchronized @Nullable Known known() {
    return latest == null ? null : new Known(latest, Map.copyOf(rows));
  }

  public synchronized String position() {
    return latest == null ? "" : latest.getPosition();
  }

  public synchronized int resets() {
    return resets;
  }

  public synchronized int deltas() {
    return deltas;
  }

  synchronized @Nullable RuntimeException failure() {
    return failure;
  }

  void setReady(boolean now) {
    ready = now;
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void send(Update update) {
    apply(update.message());
  }

  public synchronized void apply(SubscribeResponse message) {
    switch (message.getUpdateCase()) {
      case SNAPSHOT -> {
        rows.clear();
        message.getSnapshot().getRowsList().forEach(this::put);
        resets += message.getSnapshot().getReset() ? 1 : 0;
      }
      case DELTA -> {
        deltas++;
        message.getDelta().getRemovedList().forEach(row -> rows.remove(key(row)));
        message.getDelta().getUpsertedList().forEach(this::put);
      }
      case HEARTBEAT -> {}
      case ANNOUNCEMENT, UPDATE_NOT_SET -> {
        return;
      }
    }
    latest = message;
  }

  private void put(Row row) {
    rows.put(key(row), row);
  }

  public static Row key(Row row) {
    Row.Builder key = Row.newBuilder().putAllDimensions(row.getDimensionsMap());
    if (row.hasTime()) {
      key.setTime(row.getTime());
    }
    return key.setOthers(row.getOthers()).build();
  }

  @Override
  public void announce(Announcement announcement) {}

  @Override
  public void stop(ApiException.Unavailable reason) {}

  @Override
  public synchronized void fail(RuntimeException error) {
    failure = error;
  }
}
