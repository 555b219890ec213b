package dev.millrace.server.event;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns rows of a batch back into values that tests can compare. */
public final class EventRows {
  private EventRows() {}

  /** The fields that a row has, by the names of the JSON form; the time in microseconds. */
  public static Map<String, @Nullable Object> fields(EventBatch batch, int row) {
    Map<String, @Nullable Object> fields = new TreeMap<>();
    for (TextField field : TextField.values()) {
      String text = batch.textString(field, row);
      if (text != null) {
        fields.put(field.jsonPath(), text);
      }
    }
    if (batch.time(row) != EventBatch.NO_TIME) {
      fields.put("time", batch.time(row));
    }
    if (!Double.isNaN(batch.value(row))) {
      fields.put("value", batch.value(row));
    }
    if (batch.tags(row) != Slice.ABSENT) {
      fields.put("tags", list(batch, batch.tags(row)));
    }
    Map<String, @Nullable Object> properties = properties(batch, row);
    if (!properties.isEmpty()) {
      fields.put("properties", properties);
    }
    return fields;
  }

  /** The properties of a row as nested maps. */
  public static Map<String, @Nullable Object> properties(EventBatch batch, int row) {
    Map<String, @Nullable Object> properties = new LinkedHashMap<>();
    for (PropertyColumn column : batch.properties()) {
      for (int entry = 0; entry < column.size(); entry++) {
        if (column.row(entry) == row) {
          place(properties, PropertyPath.keys(column.path()), value(batch, column, entry));
        }
      }
    }
    return properties;
  }

  @SuppressWarnings("unchecked")
  private static void place(
      Map<String, @Nullable Object> object, List<String> keys, @Nullable Object value) {
    Map<String, @Nullable Object> at = object;
    for (String key : keys.subList(0, keys.size() - 1)) {
      at =
          (Map<String, @Nullable Object>)
              at.computeIfAbsent(key, _ -> new LinkedHashMap<String, @Nullable Object>());
    }
    if (at.put(keys.getLast(), value) != null) {
      throw new AssertionError("two values at " + keys);
    }
  }

  private static @Nullable Object value(EventBatch batch, PropertyColumn column, int entry) {
    long payload = column.payload(entry);
    return switch (column.kind(entry)) {
      case MISSING -> throw new AssertionError("a missing value is stored");
      case NULL -> null;
      case BOOLEAN -> payload == 1;
      case NUMBER -> Double.longBitsToDouble(payload);
      case TEXT -> batch.string(payload);
      case LIST -> list(batch, payload);
      case EMPTY_OBJECT -> Map.of();
    };
  }

  private static List<@Nullable Object> list(EventBatch batch, long slice) {
    byte[] bytes =
        Arrays.copyOfRange(
            batch.heap(), Slice.offset(slice), Slice.offset(slice) + Slice.length(slice));
    return ListCodec.decode(bytes, 0, bytes.length);
  }
}
