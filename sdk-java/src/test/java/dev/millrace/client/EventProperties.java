package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.millrace.v1.EventContext;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Events written by hand hold what generated classes write. */
final class EventProperties {
  @Property(tries = 500)
  void bytes_are_those_of_the_generated_class(
      @ForAll("texts") String type,
      @ForAll("texts") String user,
      @ForAll("times") Instant time,
      @ForAll("numbers") double value,
      @ForAll("texts") String tag,
      @ForAll("texts") String agent,
      @ForAll("objects") Map<String, Object> properties) {
    Event event =
        Event.builder(type)
            .eventId("id")
            .time(time)
            .userId(user)
            .value(value)
            .tag(tag)
            .userAgent(agent)
            .properties(properties)
            .build();

    dev.millrace.v1.Event.Builder expected =
        dev.millrace.v1.Event.newBuilder()
            .setEventId("id")
            .setType(type)
            .setTime(
                Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()))
            .setUserId(user)
            .setValue(value)
            .addTags(tag)
            .setContext(EventContext.newBuilder().setUserAgent(agent));
    if (!properties.isEmpty()) {
      expected.setProperties(struct(properties));
    }
    assertThat(event.toMessage()).isEqualTo(expected.build());
    assertThat(event.sizeBytes()).isEqualTo(expected.build().getSerializedSize());
  }

  @Property(tries = 100)
  void an_event_copied_from_a_message_is_that_message(@ForAll("objects") Map<String, Object> all) {
    dev.millrace.v1.Event message =
        dev.millrace.v1.Event.newBuilder()
            .setEventId("id")
            .setType("t")
            .setProperties(struct(all))
            .build();
    assertThat(Event.copyOf(message).toMessage()).isEqualTo(message);
    assertThat(Event.copyOf(message).eventId()).isEqualTo("id");
  }

  @Property(tries = 200)
  void ids_are_version_7_uuids_that_begin_with_the_time(@ForAll("millis") long millis) {
    java.util.UUID id = java.util.UUID.fromString(UuidV7.next(millis));
    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(millis);
  }

  @Provide
  Arbitrary<Long> millis() {
    return Arbitraries.longs().between(0, 253_402_300_799_999L);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().ofMaxLength(300);
  }

  @Provide
  Arbitrary<Instant> times() {
    return Arbitraries.longs()
        .between(-62_135_596_800L, 253_402_300_799L)
        .flatMap(
            s ->
                Arbitraries.integers()
                    .between(0, 999_999_999)
                    .map(n -> Instant.ofEpochSecond(s, n)));
  }

  @Provide
  Arbitrary<Double> numbers() {
    return Arbitraries.doubles();
  }

  @Provide
  Arbitrary<Map<String, Object>> objects() {
    return Arbitraries.maps(texts(), Arbitraries.lazy(() -> values(3)))
        .ofMaxSize(8)
        .map(LinkedHashMap::new);
  }

  private Arbitrary<Object> values(int depth) {
    Arbitrary<Object> flat =
        Arbitraries.oneOf(
            texts().map(text -> (Object) text),
            numbers().map(number -> (Object) number),
            Arbitraries.integers().map(number -> (Object) number),
            Arbitraries.of(true, false).map(truth -> (Object) truth));
    if (depth == 0) {
      return flat;
    }
    return Arbitraries.oneOf(
        flat,
        values(depth - 1).list().ofMaxSize(4).map(items -> (Object) items),
        Arbitraries.maps(texts(), values(depth - 1)).ofMaxSize(4).map(object -> (Object) object));
  }

  private static Struct struct(Map<?, ?> object) {
    Struct.Builder struct = Struct.newBuilder();
    object.forEach((name, value) -> struct.putFields((String) name, value(value)));
    return struct.build();
  }

  private static Value value(Object what) {
    Value.Builder value = Value.newBuilder();
    if (what == null) {
      return value.setNullValue(NullValue.NULL_VALUE).build();
    } else if (what instanceof String text) {
      return value.setStringValue(text).build();
    } else if (what instanceof Number number) {
      return value.setNumberValue(number.doubleValue()).build();
    } else if (what instanceof Boolean truth) {
      return value.setBoolValue(truth).build();
    } else if (what instanceof Map<?, ?> object) {
      return value.setStructValue(struct(object)).build();
    }
    ListValue.Builder list = ListValue.newBuilder();
    ((List<?>) what).forEach(item -> list.addValues(value(item)));
    return value.setListValue(list).build();
  }
}
