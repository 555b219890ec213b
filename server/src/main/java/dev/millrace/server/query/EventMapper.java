package dev.millrace.server.query;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.millrace.server.event.Column;
import dev.millrace.server.event.Kind;
import dev.millrace.server.event.PropertyPath;
import dev.millrace.server.event.TextField;
import dev.millrace.server.log.EventBlock;
import dev.millrace.server.log.ValueVector;
import dev.millrace.v1.Event;
import dev.millrace.v1.EventContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes event messages of the rows of a block, with all that was sent: nested properties, nulls,
 * lists and empty objects. Belongs to its block; confined to one thread.
 */
public final class EventMapper {
  private final EventBlock block;
  private final ValueVector[] texts = new ValueVector[TextField.COUNT];
  private final ValueVector values;
  private final ValueVector tags;
  private final List<Property> properties = new ArrayList<>();

  private record Property(List<String> keys, ValueVector vector) {}

  public EventMapper(EventBlock block) {
    this.block = block;
    for (TextField field : TextField.values()) {
      texts[field.ordinal()] = block.column(Column.Core.of(field));
    }
    values = block.column(Column.Core.VALUE);
    tags = block.column(Column.Core.TAGS);
    for (String path : block.propertyPaths()) {
      properties.add(
          new Property(PropertyPath.keys(path), block.column(new Column.Property(path))));
    }
  }

  /** The event of a row. */
  public Event event(int row) {
    Event.Builder event =
        Event.newBuilder()
            .setEventId(text(TextField.EVENT_ID, row))
            .setType(text(TextField.TYPE, row))
            .setTime(ProtoValues.timestamp(block.times()[row]))
            .setUserId(text(TextField.USER_ID, row))
            .setSessionId(text(TextField.SESSION_ID, row))
            .setSource(text(TextField.SOURCE, row))
            .setSequence(block.sequences()[row])
            .setReceivedTime(ProtoValues.timestamp(block.receivedTimes()[row]));
    if (values.kind(row) == Kind.NUMBER) {
      event.setValue(values.number(row));
    }
    if (tags.kind(row) == Kind.LIST) {
      for (Object tag : tags.dictionary().list(tags.code(row))) {
        event.addTags(String.valueOf(tag));
      }
    }
    EventContext context = context(row);
    if (!context.equals(EventContext.getDefaultInstance())) {
      event.setContext(context);
    }
    Struct struct = properties(row);
    if (struct.getFieldsCount() > 0) {
      event.setProperties(struct);
    }
    return event.build();
  }

  private EventContext context(int row) {
    return EventContext.newBuilder()
        .setIp(text(TextField.IP, row))
        .setUserAgent(text(TextField.USER_AGENT, row))
        .setReferrer(text(TextField.REFERRER, row))
        .setLocale(text(TextField.LOCALE, row))
        .build();
  }

  private String text(TextField field, int row) {
    ValueVector vector = texts[field.ordinal()];
    return vector.kind(row) == Kind.TEXT ? vector.dictionary().text(vector.code(row)) : "";
  }

  private Struct properties(int row) {
    Map<String, Object> root = new LinkedHashMap<>();
    for (Property property : properties) {
      Kind kind = property.vector.kind(row);
      if (kind != Kind.MISSING) {
        put(root, property.keys, leaf(property.vector, kind, row));
      }
    }
    return struct(root);
  }

  @SuppressWarnings("unchecked")
  private static void put(Map<String, Object> root, List<String> keys, Value leaf) {
    Map<String, Object> parent = root;
    for (int i = 0; i < keys.size() - 1; i++) {
      parent =
          (Map<String, Object>) parent.computeIfAbsent(keys.get(i), _ -> new LinkedHashMap<>());
    }
    parent.put(keys.getLast(), leaf);
  }

  private static Value leaf(ValueVector vector, Kind kind, int row) {
    return switch (kind) {
      case MISSING, NULL -> ProtoValues.value(null);
      case BOOLEAN -> ProtoValues.value(vector.number(row) != 0);
      case NUMBER -> ProtoValues.value(vector.number(row));
      case TEXT -> ProtoValues.value(vector.dictionary().text(vector.code(row)));
      case LIST -> ProtoValues.value(vector.dictionary().list(vector.code(row)));
      case EMPTY_OBJECT -> Value.newBuilder().setStructValue(Struct.getDefaultInstance()).build();
    };
  }

  private static Struct struct(Map<String, Object> members) {
    Struct.Builder struct = Struct.newBuilder();
    members.forEach((key, member) -> struct.putFields(key, value(member)));
    return struct.build();
  }

  @SuppressWarnings("unchecked")
  private static Value value(Object member) {
    return member instanceof Map<?, ?> map
        ? Value.newBuilder().setStructValue(struct((Map<String, Object>) map)).build()
        : (Value) member;
  }
}
