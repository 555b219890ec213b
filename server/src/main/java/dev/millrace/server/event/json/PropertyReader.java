package dev.millrace.server.event.json;

import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.Kind;
import dev.millrace.server.event.ListCodec;
import dev.millrace.server.event.PropertyPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON objects into the property columns of a batch. */
final class PropertyReader {
  private final JsonInput input;
  private final EventBatch batch;
  private final EventLimits limits;
  private int row;
  private int count;

  PropertyReader(JsonInput input, EventBatch batch, EventLimits limits) {
    this.input = input;
    this.batch = batch;
    this.limits = limits;
  }

  /** Turns to another row. */
  void begin(int newRow) {
    row = newRow;
    count = 0;
  }

  /** Reads the members of the object at the current token as properties. */
  void properties() {
    object(EventBatch.rootPath(), 1);
  }

  /** Reads the value at the current token as a property of a name. */
  void property(String name) {
    member(EventBatch.rootPath(), 1, name);
  }

  /** Reads the value at the current token as a property of an object that is a property. */
  void propertyOf(String outer, String name) {
    int path = path(EventBatch.rootPath(), outer, false);
    try {
      member(path, 2, name);
    } catch (BrokenEvent e) {
      throw e.within(PropertyPath.child("", outer));
    }
  }

  /** Sets a property that is a text. */
  void textProperty(String name, String text) {
    int path = path(EventBatch.rootPath(), name, true);
    put(path, Kind.TEXT, JsonTexts.append(batch, text));
  }

  private int object(int parent, int level) {
    limits.checkDepth(level);
    int members = 0;
    while (input.next() != JsonToken.END_OBJECT) {
      String name = input.name();
      input.next();
      member(parent, level, name);
      members++;
    }
    return members;
  }

  private void member(int parent, int level, String name) {
    try {
      value(path(parent, name, true), level);
    } catch (BrokenEvent e) {
      throw e.within(PropertyPath.child("", name));
    }
  }

  private int path(int parent, String name, boolean replace) {
    byte[] key = JsonTexts.encode(name);
    int path =
        replace
            ? batch.key(parent, row, key, 0, key.length)
            : batch.path(parent, key, 0, key.length);
    limits.checkPaths(batch.pathCount());
    return path;
  }

  private void value(int path, int level) {
    switch (current()) {
      case VALUE_NULL -> put(path, Kind.NULL, 0);
      case VALUE_TRUE -> put(path, Kind.BOOLEAN, 1);
      case VALUE_FALSE -> put(path, Kind.BOOLEAN, 0);
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          put(path, Kind.NUMBER, Double.doubleToRawLongBits(input.number()));
      case VALUE_STRING -> put(path, Kind.TEXT, JsonTexts.append(batch, input.text()));
      case START_OBJECT -> {
        if (object(path, level + 1) == 0) {
          put(path, Kind.EMPTY_OBJECT, 0);
        }
      }
      case START_ARRAY -> {
        byte[] encoded = ListCodec.encode(list(level + 1));
        put(path, Kind.LIST, batch.append(encoded, 0, encoded.length));
      }
      default -> throw input.mismatch("a value");
    }
  }

  private JsonToken current() {
    JsonToken token = input.parser().currentToken();
    return token == null ? JsonToken.NOT_AVAILABLE : token;
  }

  private List<@Nullable Object> list(int level) {
    limits.checkDepth(level);
    List<@Nullable Object> list = new ArrayList<>();
    while (input.next() != JsonToken.END_ARRAY) {
      try {
        list.add(element(level));
      } catch (BrokenEvent e) {
        throw e.within("[" + list.size() + "]");
      }
    }
    return list;
  }

  private @Nullable Object element(int level) {
    return switch (current()) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> input.number();
      case VALUE_STRING -> {
        String text = input.text();
        JsonTexts.encode(text);
        yield text;
      }
      case START_OBJECT -> map(level + 1);
      case START_ARRAY -> list(level + 1);
      default -> throw input.mismatch("a value");
    };
  }

  private Map<String, @Nullable Object> map(int level) {
    limits.checkDepth(level);
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    while (input.next() != JsonToken.END_OBJECT) {
      String name = input.name();
      input.next();
      try {
        byte[] key = JsonTexts.encode(name);
        EventLimits.checkKey(key, 0, key.length);
        map.put(name, element(level));
      } catch (BrokenEvent e) {
        throw e.within(PropertyPath.child("", name));
      }
    }
    return map;
  }

  private void put(int path, Kind kind, long payload) {
    limits.checkProperties(++count);
    batch.property(path, row, kind, payload);
  }
}
