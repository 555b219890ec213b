package dev.millrace.server.query;

import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Kind;
import dev.millrace.server.event.ListCodec;
import dev.millrace.server.event.TextField;
import dev.millrace.server.query.time.Micros;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event as tests write it. */
final class TestEvent {
  /** When all test events were received. */
  static final Instant RECEIVED = Instant.parse("2026-01-20T00:00:00Z");

  final long time;
  final Map<String, String> texts = new HashMap<>();
  @Nullable Double value;
  @Nullable List<Object> tags;
  final Map<String, @Nullable Object> properties = new LinkedHashMap<>();

  /** Set by the store. */
  int shard;

  long sequence;

  TestEvent(long time, String type) {
    this.time = time;
    texts.put("type", type);
  }

  static TestEvent at(String time, String type) {
    return new TestEvent(Micros.of(Instant.parse(time)), type);
  }

  TestEvent text(String field, String text) {
    texts.put(field, text);
    return this;
  }

  TestEvent user(String user) {
    return text("user_id", user);
  }

  TestEvent value(double number) {
    value = number;
    return this;
  }

  TestEvent tags(Object... labels) {
    tags = List.of(labels);
    return this;
  }

  TestEvent with(String property, @Nullable Object propertyValue) {
    properties.put(property, propertyValue);
    return this;
  }

  static EventBatch batch(List<TestEvent> events) {
    EventBatch batch = new EventBatch(BatchHeader.of("default"), new byte[64], 0, events.size());
    for (TestEvent event : events) {
      event.addTo(batch);
    }
    batch.receivedMicros(Micros.of(RECEIVED));
    return batch;
  }

  private void addTo(EventBatch batch) {
    int row = batch.beginRow();
    batch.time(row, time);
    for (TextField field : TextField.values()) {
      String text = texts.get(field.queryName());
      if (text != null) {
        batch.text(field, row, batch.append(text));
      }
    }
    if (value != null) {
      batch.value(row, value);
    }
    if (tags != null) {
      batch.tags(row, append(batch, tags));
    }
    addProperties(batch, row, EventBatch.rootPath(), properties);
  }

  private static void addProperties(EventBatch batch, int row, int parent, Map<?, ?> members) {
    members.forEach(
        (name, member) -> {
          byte[] key = String.valueOf(name).getBytes(StandardCharsets.UTF_8);
          int path = batch.path(parent, key, 0, key.length);
          switch (member) {
            case null -> batch.property(path, row, Kind.NULL, 0);
            case Boolean truth -> batch.property(path, row, Kind.BOOLEAN, truth ? 1 : 0);
            case Double number ->
                batch.property(path, row, Kind.NUMBER, Double.doubleToRawLongBits(number));
            case String text -> batch.property(path, row, Kind.TEXT, batch.append(text));
            case List<?> list -> batch.property(path, row, Kind.LIST, append(batch, list));
            case Map<?, ?> map -> {
              if (map.isEmpty()) {
                batch.property(path, row, Kind.EMPTY_OBJECT, 0);
              } else {
                addProperties(batch, row, path, map);
              }
            }
            default -> throw new IllegalArgumentException("not a value: " + member);
          }
        });
  }

  private static long append(EventBatch batch, List<?> list) {
    byte[] bytes = ListCodec.encode(list);
    return batch.append(bytes, 0, bytes.length);
  }

  @Override
  public String toString() {
    return "%s %s value=%s tags=%s %s"
        .formatted(Micros.instant(time), texts, value, tags, properties);
  }
}
