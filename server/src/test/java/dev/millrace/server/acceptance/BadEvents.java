package dev.millrace.server.acceptance;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.millrace.v1.Event;
import dev.millrace.v1.EventContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Events that break a rule, as JSON and as bytes, each with the rule and the field to be named. */
final class BadEvents {
  private BadEvents() {}

  /**
   * @param name what is wrong
   * @param json the event in the form of {@code /v1/events}
   * @param reason the reason to be given
   * @param field the field to be named, within the event; empty for the event as a whole
   */
  record Json(String name, String json, String reason, String field) {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * @param bytes the event's bytes, which needn't be a message
   */
  record Bytes(String name, ByteString bytes, String reason, String field) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Json> json() {
    List<Json> all = new ArrayList<>();
    all.add(new Json("nothing", "{}", "REQUIRED_FIELD_MISSING", "type"));
    for (String value : List.of("\"\"", "null")) {
      all.add(
          new Json("type " + value, "{\"type\":" + value + "}", "REQUIRED_FIELD_MISSING", "type"));
    }
    for (String field : List.of("type", "eventId", "userId", "sessionId", "source")) {
      for (String value : List.of("1", "true", "[]", "{}", "[\"a\"]")) {
        all.add(json(field + " is " + value, field, value, "MALFORMED", field));
      }
    }
    addTimes(all);
    addValues(all);
    addTexts(all);
    addLarge(all);
    return all;
  }

  private static void addTimes(List<Json> all) {
    for (String time :
        List.of(
            "yesterday",
            "",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-01-01",
            "2026-01-01T25:00:00Z",
            "2026-01-01T00:00:00",
            "10000-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z")) {
      all.add(json("time '" + time + "'", "time", quoted(time), "TIME_INVALID", "time"));
    }
    String ahead = Instant.now().plusSeconds(25 * 3600).toString();
    all.add(json("25 h ahead", "time", quoted(ahead), "TIME_TOO_FAR_AHEAD", "time"));
  }

  private static void addValues(List<Json> all) {
    for (String value : List.of("\"x\"", "true", "{}", "[1]")) {
      all.add(json("value is " + value, "value", value, "MALFORMED", "value"));
    }
    for (String value : List.of("1e999", "-1e999", "\"NaN\"", "\"Infinity\"")) {
      all.add(json("value is " + value, "value", value, "NUMBER_NOT_FINITE", "value"));
    }
    all.add(json("tags is a text", "tags", "\"x\"", "MALFORMED", "tags"));
    all.add(json("tags holds a number", "tags", "[\"a\",1]", "MALFORMED", "tags[1]"));
    for (String value : List.of("\"x\"", "[]", "1", "true")) {
      all.add(json("properties is " + value, "properties", value, "MALFORMED", "properties"));
    }
    all.add(
        json("huge number", "properties", "{\"a\":1e999}", "NUMBER_NOT_FINITE", "properties.a"));
    all.add(json("context is a text", "context", "\"x\"", "MALFORMED", "context"));
    all.add(json("ip is a number", "context", "{\"ip\":1}", "MALFORMED", "context.ip"));
    all.add(json("unknown in context", "context", "{\"foo\":1}", "MALFORMED", "context.foo"));
    all.add(json("unknown field", "usrId", "\"u1\"", "MALFORMED", "usrId"));
  }

  private static void addTexts(List<Json> all) {
    all.add(json("a NUL", "userId", "\"a\\u0000b\"", "TEXT_INVALID", "userId"));
    all.add(json("half a character", "userId", "\"\\ud800\"", "TEXT_INVALID", "userId"));
    all.add(json("long id", "eventId", quoted("x".repeat(257)), "TEXT_TOO_LONG", "eventId"));
    all.add(json("long user", "userId", quoted("x".repeat(513)), "TEXT_TOO_LONG", "userId"));
  }

  private static void addLarge(List<Json> all) {
    all.add(json("deep", "properties", deepJson(9), "PROPERTIES_TOO_DEEP", "properties"));
    all.add(json("very deep", "properties", deepJson(900), "PROPERTIES_TOO_DEEP", "properties"));
    all.add(
        json("501 properties", "properties", manyJson(501), "TOO_MANY_PROPERTIES", "properties"));
    all.add(
        json(
            "65 KiB",
            "properties",
            "{\"a\":" + quoted("x".repeat(65 * 1024)) + "}",
            "EVENT_TOO_LARGE",
            ""));
  }

  private static Json json(String name, String field, String value, String reason, String named) {
    String type = field.equals("type") ? "" : "\"type\":\"t\",";
    return new Json(name, "{" + type + quoted(field) + ":" + value + "}", reason, named);
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  private static String deepJson(int levels) {
    return "{\"a\":".repeat(levels) + "1" + "}".repeat(levels);
  }

  private static String manyJson(int count) {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < count; i++) {
      json.append(i == 0 ? "" : ",").append(quoted("p" + i)).append(":1");
    }
    return json.append('}').toString();
  }

  static List<Bytes> bytes() {
    List<Bytes> all = new ArrayList<>();
    addTextBytes(all);
    addNumberBytes(all);
    addTimeBytes(all);
    addNestedBytes(all);
    addRaw(all);
    return all;
  }

  private static void addTextBytes(List<Bytes> all) {
    all.add(event("no type", e -> e.clearType(), "REQUIRED_FIELD_MISSING", "type"));
    all.add(event("long type", e -> e.setType("x".repeat(257)), "TEXT_TOO_LONG", "type"));
    all.add(event("long id", e -> e.setEventId("x".repeat(257)), "TEXT_TOO_LONG", "eventId"));
    all.add(event("long user", e -> e.setUserId("ü".repeat(257)), "TEXT_TOO_LONG", "userId"));
    all.add(
        event("long session", e -> e.setSessionId("x".repeat(513)), "TEXT_TOO_LONG", "sessionId"));
    all.add(event("long source", e -> e.setSource("x".repeat(257)), "TEXT_TOO_LONG", "source"));
    all.add(event("NUL in type", e -> e.setType("a\0"), "TEXT_INVALID", "type"));
    all.add(event("NUL in user", e -> e.setUserId("\0"), "TEXT_INVALID", "userId"));
    all.add(
        event(
            "long ip",
            e -> e.setContext(EventContext.newBuilder().setIp("1".repeat(65))),
            "TEXT_TOO_LONG",
            "context.ip"));
    all.add(event("101 tags", e -> e.addAllTags(tags(101)), "TOO_MANY_TAGS", "tags"));
    all.add(event("long tag", e -> e.addTags("x".repeat(257)), "TEXT_TOO_LONG", "tags[0]"));
    all.add(event("NUL in tag", e -> e.addTags("a").addTags("\0"), "TEXT_INVALID", "tags[1]"));
  }

  private static void addNumberBytes(List<Bytes> all) {
    for (double number : new double[] {Double.NaN, 1 / 0.0, -1 / 0.0}) {
      all.add(event("value " + number, e -> e.setValue(number), "NUMBER_NOT_FINITE", "value"));
      all.add(
          event(
              "property " + number,
              e -> e.setProperties(struct("a", number(number))),
              "NUMBER_NOT_FINITE",
              "properties.a"));
    }
  }

  private static void addTimeBytes(List<Bytes> all) {
    long now = Instant.now().getEpochSecond();
    for (long ahead : new long[] {25 * 3600, 365L * 86400, 6000L * 365 * 86400}) {
      all.add(
          event(
              "ahead " + ahead,
              e -> e.setTime(time(now + ahead, 0)),
              "TIME_TOO_FAR_AHEAD",
              "time"));
    }
    for (Timestamp time :
        List.of(
            time(Long.MAX_VALUE, 0),
            time(Long.MIN_VALUE, 0),
            time(253402300800L, 0),
            time(-62135596801L, 0),
            time(0, -1),
            time(0, 1_000_000_000),
            time(0, Integer.MIN_VALUE))) {
      all.add(event("time " + time, e -> e.setTime(time), "TIME_INVALID", "time"));
    }
  }

  private static void addNestedBytes(List<Bytes> all) {
    all.add(event("deep", e -> e.setProperties(deep(9)), "PROPERTIES_TOO_DEEP", "properties"));
    all.add(
        event("very deep", e -> e.setProperties(deep(90)), "PROPERTIES_TOO_DEEP", "properties"));
    all.add(
        event(
            "deep list",
            e -> e.setProperties(struct("a", deepList(20))),
            "PROPERTIES_TOO_DEEP",
            "properties"));
    all.add(
        event(
            "501 properties",
            e -> e.setProperties(many(501)),
            "TOO_MANY_PROPERTIES",
            "properties"));
    all.add(
        event(
            "65 KiB",
            e -> e.setProperties(struct("a", text("x".repeat(65 * 1024)))),
            "EVENT_TOO_LARGE",
            ""));
  }

  /** What generated classes can't make: broken messages. */
  private static void addRaw(List<Bytes> all) {
    all.add(raw("end within a text", "MALFORMED", "", 0x12, 0x05, 't'));
    all.add(raw("end within a tag", "MALFORMED", "", 0x12, 0x01, 't', 0x80));
    all.add(
        raw(
            "endless varint",
            "MALFORMED",
            "",
            0x58,
            255,
            255,
            255,
            255,
            255,
            255,
            255,
            255,
            255,
            255,
            1));
    all.add(raw("group that never ends", "MALFORMED", "", 0x12, 0x01, 't', 0x7b));
    all.add(raw("wire type 6", "MALFORMED", "", 0x12, 0x01, 't', 0x0e));
    all.add(raw("field number 0", "MALFORMED", "", 0x12, 0x01, 't', 0x02, 0x00));
    all.add(raw("broken UTF-8 in type", "TEXT_INVALID", "type", 0x12, 0x02, 0xc3, 0x28));
    all.add(raw("overlong UTF-8", "TEXT_INVALID", "type", 0x12, 0x02, 0xc0, 0x80));
    all.add(raw("half a surrogate pair", "TEXT_INVALID", "type", 0x12, 0x03, 0xed, 0xa0, 0x80));
    all.add(raw("value as a varint", "MALFORMED", "value", 0x12, 0x01, 't', 0x38, 0x01));
    all.add(raw("type as a varint", "MALFORMED", "type", 0x10, 0x01));
    all.add(raw("negative length", "MALFORMED", "", 0x12, 255, 255, 255, 255, 0x0f));
    all.add(raw("value cut off", "MALFORMED", "", 0x12, 0x01, 't', 0x39, 0, 0, 0));
  }

  private static Bytes raw(String name, String reason, String field, int... bytes) {
    byte[] event = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      event[i] = (byte) bytes[i];
    }
    return new Bytes(name, ByteString.copyFrom(event), reason, field);
  }

  private static Bytes event(
      String name, Consumer<Event.Builder> change, String reason, String field) {
    Event.Builder event = Event.newBuilder().setType("t");
    change.accept(event);
    return new Bytes(name, event.build().toByteString(), reason, field);
  }

  private static Timestamp time(long seconds, int nanos) {
    return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
  }

  private static List<String> tags(int count) {
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tags.add("t" + i);
    }
    return tags;
  }

  private static Value number(double number) {
    return Value.newBuilder().setNumberValue(number).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static Struct struct(String key, Value value) {
    return Struct.newBuilder().putFields(key, value).build();
  }

  private static Struct deep(int levels) {
    Struct struct = struct("a", number(1));
    for (int i = 1; i < levels; i++) {
      struct = struct("a", Value.newBuilder().setStructValue(struct).build());
    }
    return struct;
  }

  private static Value deepList(int levels) {
    Value value = number(1);
    for (int i = 0; i < levels; i++) {
      value = Value.newBuilder().setListValue(ListValue.newBuilder().addValues(value)).build();
    }
    return value;
  }

  private static Struct many(int count) {
    Struct.Builder struct = Struct.newBuilder();
    for (int i = 0; i < count; i++) {
      struct.putFields("p" + i, number(i));
    }
    return struct.build();
  }

  /** A request of a project and events given as bytes, a good one before the bad. */
  static byte[] request(String project, ByteString bad) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeString(1, project);
      out.writeByteArray(2, Event.newBuilder().setType("good").build().toByteArray());
      out.writeBytes(2, bad);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
