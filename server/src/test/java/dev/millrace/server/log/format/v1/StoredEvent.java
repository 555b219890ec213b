package dev.millrace.server.log.format.v1;

import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.Column;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.Kind;
import dev.millrace.server.event.ListCodec;
import dev.millrace.server.event.PropertyPath;
import dev.millrace.server.event.Slice;
import dev.millrace.server.event.TextField;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The naive model of a stored event: what goes in, and what must come out again.
 *
 * @param properties by path: null, Boolean, Double, String, List, or {@link #EMPTY_OBJECT}
 */
public record StoredEvent(
    long sequence,
    long time,
    long received,
    Map<TextField, String> texts,
    @Nullable Double value,
    @Nullable List<@Nullable Object> tags,
    Map<String, @Nullable Object> properties) {

  public static final Map<String, Object> EMPTY_OBJECT = Map.of();

  public StoredEvent withSequence(long other) {
    return new StoredEvent(other, time, received, texts, value, tags, properties);
  }

  /** A batch of events, all received when the first was. */
  public static EventBatch batch(List<StoredEvent> events) {
    EventBatch batch = new EventBatch(BatchHeader.of(""), new byte[16], 0, events.size());
    batch.receivedMicros(events.isEmpty() ? 0 : events.getFirst().received);
    events.forEach(event -> event.addTo(batch));
    return batch;
  }

  /** Adds the event to a batch. */
  void addTo(EventBatch batch) {
    int row = batch.beginRow();
    batch.time(row, time);
    texts.forEach((field, text) -> batch.text(field, row, batch.append(text)));
    if (value != null) {
      batch.value(row, value);
    }
    if (tags != null) {
      batch.tags(row, append(batch, tags));
    }
    properties.forEach((path, property) -> addProperty(batch, row, path, property));
  }

  private static void addProperty(
      EventBatch batch, int row, String path, @Nullable Object property) {
    int place = EventBatch.rootPath();
    for (String key : PropertyPath.keys(path)) {
      byte[] name = key.getBytes(StandardCharsets.UTF_8);
      place = batch.path(place, name, 0, name.length);
    }
    switch (property) {
      case null -> batch.property(place, row, Kind.NULL, 0);
      case Boolean bool -> batch.property(place, row, Kind.BOOLEAN, bool ? 1 : 0);
      case Double number ->
          batch.property(place, row, Kind.NUMBER, Double.doubleToRawLongBits(number));
      case String text -> batch.property(place, row, Kind.TEXT, batch.append(text));
      case List<?> list -> batch.property(place, row, Kind.LIST, append(batch, list));
      case Map<?, ?> map when map.isEmpty() ->
          batch.property(place, row, Kind.EMPTY_OBJECT, Slice.ABSENT);
      default -> throw new IllegalArgumentException(property.toString());
    }
  }

  private static long append(EventBatch batch, List<? extends @Nullable Object> list) {
    byte[] encoded = ListCodec.encode(list);
    return batch.append(encoded, 0, encoded.length);
  }

  /** All events of a block. */
  public static List<StoredEvent> read(EventBlock block) {
    List<StoredEvent> events = new ArrayList<>();
    for (int row = 0; row < block.rows(); row++) {
      Map<TextField, String> texts = new EnumMap<>(TextField.class);
      for (TextField field : TextField.values()) {
        Object text = value(block.column(Column.Core.of(field)), row);
        if (text != null) {
          texts.put(field, (String) text);
        }
      }
      events.add(
          new StoredEvent(
              block.sequences()[row],
              block.times()[row],
              block.receivedTimes()[row],
              texts,
              (Double) value(block.column(Column.Core.VALUE), row),
              list(block.column(Column.Core.TAGS), row),
              properties(block, row)));
    }
    return events;
  }

  private static Map<String, @Nullable Object> properties(EventBlock block, int row) {
    Map<String, @Nullable Object> properties = new TreeMap<>();
    for (String path : block.propertyPaths()) {
      ValueVector vector = block.column(new Column.Property(path));
      if (vector.kind(row) != Kind.MISSING) {
        properties.put(path, value(vector, row));
      }
    }
    return properties;
  }

  private static @Nullable List<@Nullable Object> list(ValueVector vector, int row) {
    return vector.kind(row) == Kind.MISSING ? null : vector.dictionary().list(vector.code(row));
  }

  private static @Nullable Object value(ValueVector vector, int row) {
    return switch (vector.kind(row)) {
      case MISSING, NULL -> null;
      case BOOLEAN -> vector.number(row) != 0;
      case NUMBER -> vector.number(row);
      case TEXT -> vector.dictionary().text(vector.code(row));
      case LIST -> vector.dictionary().list(vector.code(row));
      case EMPTY_OBJECT -> EMPTY_OBJECT;
    };
  }
}
