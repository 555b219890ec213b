package dev.millrace.server.event.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.EventRows;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.Rejection;
import dev.millrace.server.event.TextField;
import dev.millrace.v1.Event;
import dev.millrace.v1.EventContext;
import dev.millrace.v1.IngestEventsRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WireDecoderTest {
  private static EventBatch decode(Event.Builder event) {
    return WireDecoder.decode(
        WireDecoder.requestOf(event.build().toByteArray()), EventLimits.DEFAULT);
  }

  private static Event.Builder event() {
    return Event.newBuilder().setEventId("e").setType("t");
  }

  private static void assertAccepted(Event.Builder event) {
    assertThat(decode(event).rejections()).isEmpty();
  }

  private static Rejection assertRejected(Event.Builder event, RejectReason reason, String field) {
    EventBatch batch = decode(event);
    assertThat(batch.rejections()).hasSize(1);
    Rejection rejection = batch.rejections().getFirst();
    assertThat(rejection.reason()).isEqualTo(reason);
    assertThat(rejection.field()).isEqualTo(field);
    assertThat(rejection.eventId()).isEqualTo("e");
    assertThat(rejection.original()).isEqualTo(event.build().toByteArray());
    return rejection;
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  private static Value number(double number) {
    return Value.newBuilder().setNumberValue(number).build();
  }

  private static Struct struct(String key, Value value) {
    return Struct.newBuilder().putFields(key, value).build();
  }

  private static Struct nested(int levels) {
    Struct struct = struct("a", number(1));
    for (int i = 1; i < levels; i++) {
      struct = struct("a", Value.newBuilder().setStructValue(struct).build());
    }
    return struct;
  }

  private static Value list(int levels) {
    Value value = number(1);
    for (int i = 0; i < levels; i++) {
      value = Value.newBuilder().setListValue(ListValue.newBuilder().addValues(value)).build();
    }
    return value;
  }

  @Test
  void texts_mayHaveSoManyBytesAndNoMore() {
    assertAccepted(event().setType("é".repeat(128)));
    Rejection rejection =
        assertRejected(event().setType("é".repeat(128) + "x"), RejectReason.TEXT_TOO_LONG, "type");
    assertThat(rejection.message()).contains("257", "256");
    assertAccepted(event().setUserId("x".repeat(512)));
    assertRejected(event().setUserId("x".repeat(513)), RejectReason.TEXT_TOO_LONG, "userId");
    assertRejected(
        event().setContext(EventContext.newBuilder().setIp("1".repeat(65))),
        RejectReason.TEXT_TOO_LONG,
        "context.ip");
  }

  @Test
  void userAgents_areCutAtAWholeCharacter() {
    EventBatch batch =
        decode(event().setContext(EventContext.newBuilder().setUserAgent("x" + "é".repeat(600))));
    assertThat(batch.rejections()).isEmpty();
    assertThat(batch.textString(TextField.USER_AGENT, 0)).isEqualTo("x" + "é".repeat(511));
  }

  @Test
  void tags_areLimitedInNumberAndLength() {
    assertAccepted(event().addAllTags(Collections.nCopies(100, "x".repeat(256))));
    assertRejected(
        event().addAllTags(Collections.nCopies(101, "x")), RejectReason.TOO_MANY_TAGS, "tags");
    assertRejected(
        event().addTags("a").addTags("x".repeat(257)), RejectReason.TEXT_TOO_LONG, "tags[1]");
  }

  @Test
  void properties_areLimitedInDepth() {
    assertAccepted(event().setProperties(nested(8)));
    Rejection rejection =
        assertRejected(
            event().setProperties(nested(9)),
            RejectReason.PROPERTIES_TOO_DEEP,
            "properties.a.a.a.a.a.a.a.a");
    assertThat(rejection.message()).contains("level 9", "at most 8");
    assertAccepted(event().setProperties(struct("l", list(7))));
    assertRejected(
        event().setProperties(struct("l", list(8))),
        RejectReason.PROPERTIES_TOO_DEEP,
        "properties.l[0][0][0][0][0][0][0]");
  }

  @Test
  void properties_areLimitedInNumber() {
    Struct.Builder struct = Struct.newBuilder();
    for (int i = 0; i < 500; i++) {
      struct.putFields("k" + i, number(i));
    }
    assertAccepted(event().setProperties(struct));
    EventBatch batch = decode(event().setProperties(struct.putFields("one more", number(1))));
    assertThat(batch.rejections().getFirst().reason()).isEqualTo(RejectReason.TOO_MANY_PROPERTIES);
    assertThat(batch.rejections().getFirst().message()).contains("500");
  }

  @Test
  void batches_areLimitedInDifferentPaths() {
    EventLimits limits =
        new EventLimits(1_000, 10, 8, 10, Duration.ZERO, 10, 2);
    IngestEventsRequest request =
        IngestEventsRequest.newBuilder()
            .addEvents(event().setProperties(struct("a", number(1))))
            .addEvents(event().setProperties(struct("b", number(1))))
            .addEvents(event().setProperties(struct("c", number(1))))
            .addEvents(event().setProperties(struct("a", number(1))))
            .build();
    EventBatch batch = WireDecoder.decode(request.toByteArray(), limits);
    assertThat(batch.rejections().getFirst().row()).isEqualTo(2);
    assertThat(batch.rejections().getFirst().reason()).isEqualTo(RejectReason.TOO_MANY_PROPERTIES);
  }

  @Test
  void events_areLimitedInSize() {
    int overhead = event().setProperties(struct("k", text("x".repeat(60_000)))).build().getSerializedSize();
    int room = EventLimits.DEFAULT.eventBytes() - overhead + 60_000;
    assertAccepted(event().setProperties(struct("k", text("x".repeat(room)))));
    assertRejected(
        event().setProperties(struct("k", text("x".repeat(room + 1)))),
        RejectReason.EVENT_TOO_LARGE,
        "");
  }

  @Test
  void numbers_mustBeFinite() {
    assertRejected(event().setValue(Double.NaN), RejectReason.NUMBER_NOT_FINITE, "value");
    assertRejected(
        event().setProperties(struct("geo.x", number(1 / 0.0))),
        RejectReason.NUMBER_NOT_FINITE,
        "properties.geo\\.x");
  }

  @Test
  void times_areKeptToTheMicrosecondBelow() {
    EventBatch batch =
        decode(event().setTime(Timestamp.newBuilder().setSeconds(-1).setNanos(999_999_999)));
    assertThat(batch.time(0)).isEqualTo(-1);
    assertRejected(
        event().setTime(Timestamp.newBuilder().setNanos(-1)), RejectReason.TIME_INVALID, "time");
    assertRejected(
        event().setTime(Timestamp.newBuilder().setSeconds(253_402_300_800L)),
        RejectReason.TIME_INVALID,
        "time");
  }

  @Test
  void unknownFields_areSkipped() {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                99,
                UnknownFieldSet.Field.newBuilder()
                    .addVarint(1)
                    .addFixed32(2)
                    .addFixed64(3)
                    .addLengthDelimited(ByteString.copyFromUtf8("x"))
                    .addGroup(
                        UnknownFieldSet.newBuilder()
                            .addField(1, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                            .build())
                    .build())
            .build();
    EventBatch batch = decode(event().setUnknownFields(unknown));
    assertThat(EventRows.fields(batch, 0)).isEqualTo(Map.of("type", "t", "eventId", "e"));
  }

  @Test
  void values_ofKeysAndKindsThatComeTwiceAreTheLast() throws Exception {
    // key "k": first an object, then a number, in two entries of the same map
    Struct first = struct("k", Value.newBuilder().setStructValue(nested(2)).build());
    Struct second = struct("k", number(7));
    byte[] both = first.toByteString().concat(second.toByteString()).toByteArray();
    Event event = event().setProperties(Struct.parseFrom(both)).build();
    byte[] raw =
        event().build().toByteString()
            .concat(ByteString.copyFrom(new byte[] {0x32, (byte) both.length}))
            .concat(ByteString.copyFrom(both))
            .toByteArray();
    EventBatch batch = WireDecoder.decode(WireDecoder.requestOf(raw), EventLimits.DEFAULT);
    assertThat(EventRows.properties(batch, 0)).isEqualTo(Map.of("k", 7.0));
    assertThat(event.getProperties().getFieldsMap().get("k").getNumberValue()).isEqualTo(7);
  }

  @Test
  void envelopes_thatAreBrokenAreRefused() {
    assertInvalid("project", 0x0a, 0x7f);
    assertInvalid("project", 0x0a, 0x02, 0xc3, 0x28);
    assertInvalid("project", 0x08, 0x01);
    assertInvalid("events", 0x12, 0x05, 0x00);
    assertInvalid("sentAt", 0x32, 0x01, 0x08);
    assertInvalid("", 0x00);
    assertInvalid("", 0x0b);
  }

  private static void assertInvalid(String field, int... bytes) {
    byte[] request = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      request[i] = (byte) bytes[i];
    }
    assertThatThrownBy(() -> WireDecoder.decode(request, EventLimits.DEFAULT))
        .isInstanceOfSatisfying(
            ApiException.InvalidArgument.class,
            e -> assertThat(e.violations().getFirst().field()).startsWith(field));
  }
}
