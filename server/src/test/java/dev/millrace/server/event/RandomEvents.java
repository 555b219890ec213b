package dev.millrace.server.event;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.millrace.v1.Event;
import dev.millrace.v1.EventContext;
import dev.millrace.v1.IngestEventsRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes events of every shape within the limits, and says what a decoder must make of them. */
public final class RandomEvents {
  private static final List<String> ALPHABET =
      List.of("a", "b", "Z", "0", " ", ".", "\\", "\"", "\u0001", "é", "ß", "中", "😀", "\u2028");

  private final Random random;

  public RandomEvents(long seed) {
    random = new Random(seed);
  }

  public IngestEventsRequest request() {
    IngestEventsRequest.Builder request = IngestEventsRequest.newBuilder();
    if (random.nextBoolean()) {
      request.setProject("p" + random.nextInt(9)).setVerdicts(random.nextBoolean());
    }
    if (random.nextBoolean()) {
      request
          .setProducerId("producer " + text(5))
          .setEpoch(random.nextLong() >>> 1)
          .setBatchNumber(1 + random.nextInt(1_000));
    }
    if (random.nextBoolean()) {
      request.setSentAt(time());
    }
    for (int i = random.nextInt(20); i > 0; i--) {
      request.addEvents(event());
    }
    return request.build();
  }

  public Event event() {
    Event.Builder event = Event.newBuilder().setType("t" + text(8));
    if (random.nextBoolean()) {
      event.setEventId(text(20)).setUserId(text(20)).setSessionId(text(20)).setSource(text(20));
    }
    if (random.nextBoolean()) {
      event.setTime(time());
    }
    if (random.nextBoolean()) {
      event.setValue(number());
    }
    if (random.nextInt(4) == 0) {
      event.addTags(text(5)).addTags("");
    }
    if (random.nextInt(4) == 0) {
      event.setContext(
          EventContext.newBuilder()
              .setIp("192.0.2." + random.nextInt(256))
              .setUserAgent(text(30))
              .setReferrer(text(10))
              .setLocale("de"));
    }
    if (random.nextInt(4) > 0) {
      event.setProperties(struct(1));
    }
    return event.build();
  }

  private Struct struct(int level) {
    Struct.Builder struct = Struct.newBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      // A small range of keys, so that paths are shared between events of different shapes.
      struct.putFields(key(), value(level));
    }
    return struct.build();
  }

  private String key() {
    return random.nextInt(3) == 0 ? "k" + text(4) : "k" + random.nextInt(4);
  }

  private Value value(int level) {
    int kinds = level < 6 ? 6 : 4;
    return switch (random.nextInt(kinds)) {
      case 0 -> Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
      case 1 -> Value.newBuilder().setNumberValue(number()).build();
      case 2 -> Value.newBuilder().setStringValue(text(12)).build();
      case 3 -> Value.newBuilder().setBoolValue(random.nextBoolean()).build();
      case 4 -> Value.newBuilder().setStructValue(struct(level + 1)).build();
      default -> {
        ListValue.Builder list = ListValue.newBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.addValues(value(level + 1));
        }
        yield Value.newBuilder().setListValue(list).build();
      }
    };
  }

  private double number() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(100);
      case 1 -> -0.0;
      case 2 -> random.nextDouble() * Math.pow(10, random.nextInt(600) - 300);
      default -> random.nextLong();
    };
  }

  private String text(int maxLength) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(maxLength + 1); i > 0; i--) {
      text.append(ALPHABET.get(random.nextInt(ALPHABET.size())));
    }
    return text.toString();
  }

  private Timestamp time() {
    long span = EventTime.MAX_SECONDS - EventTime.MIN_SECONDS + 1;
    return Timestamp.newBuilder()
        .setSeconds(EventTime.MIN_SECONDS + Math.floorMod(random.nextLong(), span))
        .setNanos(random.nextInt(1_000_000_000))
        .build();
  }

  /** What {@link EventRows#fields} must give for an event. */
  public static Map<String, @Nullable Object> fields(Event event) {
    Map<String, @Nullable Object> fields = new TreeMap<>();
    put(fields, "eventId", event.getEventId());
    put(fields, "type", event.getType());
    put(fields, "userId", event.getUserId());
    put(fields, "sessionId", event.getSessionId());
    put(fields, "source", event.getSource());
    put(fields, "context.ip", event.getContext().getIp());
    put(fields, "context.userAgent", event.getContext().getUserAgent());
    put(fields, "context.referrer", event.getContext().getReferrer());
    put(fields, "context.locale", event.getContext().getLocale());
    if (event.hasTime()) {
      fields.put("time", micros(event.getTime()));
    }
    if (event.hasValue()) {
      fields.put("value", event.getValue());
    }
    if (event.getTagsCount() > 0) {
      fields.put("tags", List.copyOf(event.getTagsList()));
    }
    if (event.getProperties().getFieldsCount() > 0) {
      fields.put("properties", map(event.getProperties()));
    }
    return fields;
  }

  public static long micros(Timestamp time) {
    return time.getSeconds() * 1_000_000 + time.getNanos() / 1_000;
  }

  private static void put(Map<String, @Nullable Object> fields, String name, String text) {
    if (!text.isEmpty()) {
      fields.put(name, text);
    }
  }

  private static Map<String, @Nullable Object> map(Struct struct) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    struct.getFieldsMap().forEach((key, value) -> map.put(key, object(value)));
    return map;
  }

  private static @Nullable Object object(Value value) {
    return switch (value.getKindCase()) {
      case NULL_VALUE, KIND_NOT_SET -> null;
      case NUMBER_VALUE -> value.getNumberValue();
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case STRUCT_VALUE -> map(value.getStructValue());
      case LIST_VALUE -> {
        List<@Nullable Object> list = new ArrayList<>();
        value.getListValue().getValuesList().forEach(element -> list.add(object(element)));
        yield list;
      }
    };
  }
}
