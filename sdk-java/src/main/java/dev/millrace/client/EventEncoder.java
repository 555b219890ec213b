package dev.millrace.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the parts of an event into the bytes of {@code millrace.v1.Event}. */
final class EventEncoder {
  /** Deeper than any server allows; ends the walk through a structure that holds itself. */
  private static final int DEPTH_MAX = 64;

  private static final int VALUE_NULL = 1;
  private static final int VALUE_NUMBER = 2;
  private static final int VALUE_TEXT = 3;
  private static final int VALUE_BOOLEAN = 4;
  private static final int VALUE_OBJECT = 5;
  private static final int VALUE_LIST = 6;

  private final WireWriter out = new WireWriter(512);

  EventEncoder text(int field, @Nullable String text) {
    if (text != null && !text.isEmpty()) {
      out.textField(field, text);
    }
    return this;
  }

  EventEncoder texts(int field, List<String> texts) {
    for (String text : texts) {
      out.textField(field, text);
    }
    return this;
  }

  EventEncoder number(int field, @Nullable Double number) {
    if (number != null) {
      out.doubleField(field, number);
    }
    return this;
  }

  EventEncoder time(int field, @Nullable Instant time) {
    if (time != null) {
      long seconds = time.getEpochSecond();
      int nanos = time.getNano();
      int start = out.begin(field);
      if (seconds != 0) {
        out.varintField(1, seconds);
      }
      if (nanos != 0) {
        out.varintField(2, nanos);
      }
      out.end(start);
    }
    return this;
  }

  EventEncoder object(int field, Map<String, ?> properties) {
    if (!properties.isEmpty()) {
      writeObject(field, properties, 1);
    }
    return this;
  }

  EventEncoder context(
      int field,
      @Nullable String ip,
      @Nullable String userAgent,
      @Nullable String referrer,
      @Nullable String locale) {
    if (ip != null || userAgent != null || referrer != null || locale != null) {
      int start = out.begin(field);
      text(1, ip).text(2, userAgent).text(3, referrer).text(4, locale);
      out.end(start);
    }
    return this;
  }

  byte[] toBytes() {
    return out.toBytes();
  }

  private void writeObject(int field, Map<?, ?> properties, int depth) {
    if (depth > DEPTH_MAX) {
      throw new IllegalArgumentException(
          "properties are nested deeper than " + DEPTH_MAX + " levels");
    }
    int object = out.begin(field);
    for (Map.Entry<?, ?> property : properties.entrySet()) {
      int entry = out.begin(1);
      out.textField(1, String.valueOf(property.getKey()));
      writeValue(2, property.getValue(), depth);
      out.end(entry);
    }
    out.end(object);
  }

  private void writeValue(int field, @Nullable Object value, int depth) {
    int start = out.begin(field);
    if (value == null) {
      out.varintField(VALUE_NULL, 0);
    } else if (value instanceof CharSequence || value instanceof Enum<?>) {
      out.textField(VALUE_TEXT, value.toString());
    } else if (value instanceof Number number) {
      out.doubleField(VALUE_NUMBER, finite(number.doubleValue()));
    } else if (value instanceof Boolean bool) {
      out.varintField(VALUE_BOOLEAN, bool ? 1 : 0);
    } else if (value instanceof Map<?, ?> map) {
      writeObject(VALUE_OBJECT, map, depth + 1);
    } else if (value instanceof Iterable<?> items) {
      writeList(items, depth + 1);
    } else {
      throw new IllegalArgumentException(
          "a property is a text, number, boolean, list or map, not " + value.getClass().getName());
    }
    out.end(start);
  }

  private void writeList(Iterable<?> items, int depth) {
    if (depth > DEPTH_MAX) {
      throw new IllegalArgumentException(
          "properties are nested deeper than " + DEPTH_MAX + " levels");
    }
    int list = out.begin(VALUE_LIST);
    for (Object item : items) {
      writeValue(1, item, depth);
    }
    out.end(list);
  }

  /** Checks that a number can be sent. */
  static double finite(double number) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("a number must be finite, not " + number);
    }
    return number;
  }
}
