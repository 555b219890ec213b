package dev.millrace.server.event.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.EventRows;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.Rejection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonDecoderTest {
  private static EventBatch decode(String json) {
    return JsonDecoder.decode(json.getBytes(StandardCharsets.UTF_8), EventLimits.DEFAULT);
  }

  private static EventBatch events(String... events) {
    return decode("{\"events\":[" + String.join(",", events) + "]}");
  }

  private static void assertRejected(String event, RejectReason reason, String field) {
    EventBatch batch = events("{\"type\":\"before\"}", event, "{\"type\":\"after\"}");
    assertThat(batch.size()).isEqualTo(3);
    assertThat(batch.rejections()).hasSize(1);
    Rejection rejection = batch.rejections().getFirst();
    assertThat(rejection.row()).isEqualTo(1);
    assertThat(rejection.reason()).as(rejection.message()).isEqualTo(reason);
    assertThat(rejection.field()).isEqualTo(field);
    assertThat(new String(rejection.original(), StandardCharsets.UTF_8)).isEqualTo(event);
    assertThat(EventRows.fields(batch, 2)).isEqualTo(Map.of("type", "after"));
  }

  private static void assertInvalid(String json, String field, String described) {
    assertThatThrownBy(() -> decode(json))
        .isInstanceOfSatisfying(
            ApiException.InvalidArgument.class,
            e -> {
              assertThat(e.violations().getFirst().field()).isEqualTo(field);
              assertThat(e.getMessage()).contains(described);
            });
  }

  @Test
  void decode_readsTheContractsExample() {
    EventBatch batch =
        events(
            """
            {"eventId":"0190", "type":"purchase", "time":"2026-01-15T10:30:00Z", "userId":"u1",
             "sessionId":"s1", "properties":{"page":"/checkout","amount":29.99,
             "items":["a","b"],"geo":{"lat":1.5}}, "value":29.99, "tags":["web"],
             "source":"web_app", "context":{"ip":"192.0.2.7","userAgent":"UA","referrer":"R",
             "locale":"de-AT"}}
            """);
    assertThat(EventRows.fields(batch, 0))
        .isEqualTo(
            Map.ofEntries(
                Map.entry("eventId", "0190"),
                Map.entry("type", "purchase"),
                Map.entry("time", Instant.parse("2026-01-15T10:30:00Z").toEpochMilli() * 1_000),
                Map.entry("userId", "u1"),
                Map.entry("sessionId", "s1"),
                Map.entry(
                    "properties",
                    Map.of(
                        "page",
                        "/checkout",
                        "amount",
                        29.99,
                        "items",
                        List.of("a", "b"),
                        "geo",
                        Map.of("lat", 1.5))),
                Map.entry("value", 29.99),
                Map.entry("tags", List.of("web")),
                Map.entry("source", "web_app"),
                Map.entry("context.ip", "192.0.2.7"),
                Map.entry("context.userAgent", "UA"),
                Map.entry("context.referrer", "R"),
                Map.entry("context.locale", "de-AT")));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-15T10:30:00Z, 2026-01-15T10:30:00Z",
    "2026-01-15T10:30:00.25+01:00, 2026-01-15T09:30:00.250Z",
    "2026-01-15T10:30:00.123456789-05:30, 2026-01-15T16:00:00.123456Z",
    "1969-12-31T23:59:59.9999999Z, 1969-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z, 9999-12-31T23:59:59.999999Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z"
  })
  void decode_readsTimesOfAnyOffset(String text, Instant time) {
    EventBatch batch = events("{\"type\":\"t\",\"time\":\"" + text + "\"}");
    assertThat(batch.rejections()).isEmpty();
    assertThat(batch.time(0))
        .isEqualTo(time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-15T10:30:00",
    "2026-01-15 10:30:00Z",
    "2026-01-15",
    "2026-01-15T10:30Z",
    "2026-01-15T10:30:60Z",
    "2026-01-15T24:00:00Z",
    "2026-02-29T00:00:00Z",
    "2026-01-15T10:30:00.Z",
    "2026-01-15T10:30:00+0100",
    "'2026-01-15T10:30:00Z '",
    "10000-01-01T00:00:00Z",
    "0000-12-31T00:00:00Z",
    "0001-01-01T00:00:00+01:00",
    "noon"
  })
  void decode_rejectsOtherTimes(String text) {
    assertRejected(
        "{\"type\":\"t\",\"time\":\"" + text + "\"}", RejectReason.TIME_INVALID, "time");
  }

  @Test
  void decode_takesNumbersAsTextsAndNamesAsInTheProto() {
    EventBatch batch =
        decode(
            """
            {"producer_id":"p","epoch":"2","batch_number":3.0,"sent_at":"1970-01-01T00:00:01Z",
             "verdicts":true,"events":[{"type":"t","event_id":"e","value":"1.5e2"}]}
            """);
    assertThat(batch.header().epoch()).isEqualTo(2);
    assertThat(batch.header().batchNumber()).isEqualTo(3);
    assertThat(batch.header().sentAtMicros()).isEqualTo(1_000_000);
    assertThat(batch.value(0)).isEqualTo(150);
    assertThat(EventRows.fields(batch, 0)).containsEntry("eventId", "e");
  }

  @Test
  void decode_takesNullAsUnsetAndTheLastOfWhatComesTwice() {
    EventBatch batch =
        events(
            """
            {"type":"a","type":"b","userId":"u","userId":null,"value":1,"value":null,
             "tags":["x"],"tags":null,"context":null,"time":null,
             "properties":{"x":1,"y":{"z":1},"y":2,"n":null,"x":{"q":true}}}
            """);
    Map<String, Object> properties = new java.util.HashMap<>(Map.of("y", 2.0));
    properties.put("x", Map.of("q", true));
    properties.put("n", null);
    assertThat(EventRows.fields(batch, 0)).isEqualTo(Map.of("type", "b", "properties", properties));
    assertThat(EventRows.fields(events("{\"type\":\"t\",\"properties\":{\"a\":1},\"properties\":{\"b\":1}}"), 0))
        .isEqualTo(Map.of("type", "t", "properties", Map.of("b", 1.0)));
  }

  @Test
  void decode_rejectsEventsOfAnotherForm() {
    assertRejected("{\"type\":\"t\",\"usrId\":\"u\"}", RejectReason.MALFORMED, "usrId");
    assertRejected("{\"usrId\":null}", RejectReason.MALFORMED, "usrId");
    assertRejected("{\"context\":{\"x\":{\"y\":[1]}}}", RejectReason.MALFORMED, "context.x");
    assertRejected("{\"type\":7}", RejectReason.MALFORMED, "type");
    assertRejected("{\"type\":{\"a\":[{}]}}", RejectReason.MALFORMED, "type");
    assertRejected("{\"value\":\"1,5\"}", RejectReason.MALFORMED, "value");
    assertRejected("{\"value\":\"0x10\"}", RejectReason.MALFORMED, "value");
    assertRejected("{\"tags\":[\"a\",1]}", RejectReason.MALFORMED, "tags[1]");
    assertRejected("{\"properties\":[1]}", RejectReason.MALFORMED, "properties");
    assertRejected("null", RejectReason.MALFORMED, "");
    assertRejected("12", RejectReason.MALFORMED, "");
    assertRejected("\"text ü\"", RejectReason.MALFORMED, "");
    assertRejected("[{\"type\":\"t\"}]", RejectReason.MALFORMED, "");
  }

  @Test
  void decode_rejectsValuesThatEventsMayNotHold() {
    assertRejected("{\"value\":1e309}", RejectReason.NUMBER_NOT_FINITE, "value");
    assertRejected("{\"value\":\"NaN\"}", RejectReason.NUMBER_NOT_FINITE, "value");
    assertRejected(
        "{\"properties\":{\"geo\":{\"lat\":-1e999}}}",
        RejectReason.NUMBER_NOT_FINITE,
        "properties.geo.lat");
    assertRejected(
        "{\"properties\":{\"a.b\":[1,{\"c\":[\"\\u0000\"]}]}}",
        RejectReason.TEXT_INVALID,
        "properties.a\\.b[1].c[0]");
    assertRejected("{\"userId\":\"\\ud83d\"}", RejectReason.TEXT_INVALID, "userId");
    assertRejected("{\"userId\":\"\\ude00\\ud83d\"}", RejectReason.TEXT_INVALID, "userId");
    assertRejected(
        "{\"properties\":{\"\":1}}", RejectReason.TEXT_INVALID, "properties");
    assertRejected(
        "{\"properties\":{\"k\":\"" + "x".repeat(65_536) + "\"}}",
        RejectReason.EVENT_TOO_LARGE,
        "");
    String deep = "{\"a\":".repeat(900) + "1" + "}".repeat(900);
    assertRejected(
        "{\"properties\":" + deep + "}",
        RejectReason.PROPERTIES_TOO_DEEP,
        "properties.a.a.a.a.a.a.a.a");
  }

  @Test
  void decode_refusesEnvelopesOfAnotherForm() {
    assertInvalid("{\"nonsense\":1}", "nonsense", "no such field");
    assertInvalid("{\"events\":{}}", "events", "expected an array");
    assertInvalid("{\"project\":1}", "project", "found the number 1");
    assertInvalid("{\"epoch\":\"x\"}", "epoch", "64-bit integer");
    assertInvalid("{\"epoch\":9223372036854775808}", "epoch", "64-bit integer");
    assertInvalid("{\"epoch\":1e999999999}", "epoch", "64-bit integer");
    assertInvalid("{\"batchNumber\":1.5}", "batchNumber", "64-bit integer");
    assertInvalid("{\"sentAt\":\"noon\"}", "sentAt", "found 'noon'");
    assertInvalid("{\"verdicts\":\"true\"}", "verdicts", "expected true or false");
    assertInvalid("[]", "", "found an array");
    assertInvalid("", "", "found nothing");
    assertInvalid("{} {}", "", "more JSON");
  }

  @Test
  void decode_ofMalformedJsonNamesThePlace() {
    assertInvalid("{\"events\":[\n  {\"type\":\"t\",}]}", "", "line 2, column 15");
    assertInvalid("{\"events\":[{\"type\":\"t\"", "", "malformed JSON");
    assertInvalid("{\"value\":NaN}", "", "malformed JSON");
  }

  @Test
  void decode_skipsAByteOrderMark() {
    EventBatch batch = decode("\ufeff{\"events\":[{\"type\":\"t\"},{\"x\":1}]}");
    assertThat(new String(batch.rejections().getFirst().original(), StandardCharsets.UTF_8))
        .isEqualTo("{\"x\":1}");
  }

  @Test
  void decode_takesSoManyPropertiesAndNoMore() {
    assertThat(events(withProperties(500)).rejections()).isEmpty();
    assertRejected(withProperties(501), RejectReason.TOO_MANY_PROPERTIES, "properties.k500");
  }

  private static String withProperties(int count) {
    StringBuilder json = new StringBuilder("{\"type\":\"t\",\"properties\":{");
    for (int i = 0; i < count; i++) {
      json.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":1");
    }
    return json.append("}}").toString();
  }
}
