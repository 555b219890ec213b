package dev.millrace.server.event.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.EventRows;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.TextField;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollectDecoderTest {
  private static final long TIME = Instant.parse("2026-01-15T10:30:00Z").toEpochMilli() * 1_000;

  private static EventBatch decode(String json) {
    return CollectDecoder.decode(json.getBytes(StandardCharsets.UTF_8), EventLimits.DEFAULT);
  }

  private static Map<String, @Nullable Object> event(String json) {
    EventBatch batch = decode(json);
    assertThat(batch.size()).isEqualTo(1);
    assertThat(batch.rejections()).isEmpty();
    return EventRows.fields(batch, 0);
  }

  @Test
  void decode_readsEventsWithTypeUserAndProperties() {
    assertThat(
            event(
                """
                {"id":"e1","type":"page_view","user_id":"u1","session_id":"s1",
                 "timestamp":"2026-01-15T10:30:00Z","properties":{"page":"/a","n":null},
                 "value":2.5,"tags":["x","y"],"source":"web"}
                """))
        .containsEntry("eventId", "e1")
        .containsEntry("type", "page_view")
        .containsEntry("userId", "u1")
        .containsEntry("sessionId", "s1")
        .containsEntry("time", TIME)
        .containsEntry("value", 2.5)
        .containsEntry("tags", List.of("x", "y"))
        .containsEntry("source", "web");
  }

  @Test
  void decode_readsWebAnalyticsWithTheDeviceAtTheTop() {
    assertThat(
            event(
                """
                {"event_type":"pageview","user_id":"u1","page":"/home","user_agent":"UA",
                 "ip_address":"192.0.2.7","referrer":"https://example.org","created_at":1768473000}
                """))
        .isEqualTo(
            Map.of(
                "type",
                "page_view",
                "userId",
                "u1",
                "time",
                TIME,
                "context.userAgent",
                "UA",
                "context.ip",
                "192.0.2.7",
                "context.referrer",
                "https://example.org",
                "properties",
                Map.of("page", "/home")));
  }

  @Test
  void decode_readsEventNamesInCamelCaseWithMilliseconds() {
    assertThat(
            event(
                """
                {"eventName":"purchase","userId":42,"sessionId":"s","timestamp":1768473000000,
                 "properties":{"amount":9.5}}
                """))
        .isEqualTo(
            Map.of(
                "type",
                "purchase",
                "userId",
                "42",
                "sessionId",
                "s",
                "time",
                TIME,
                "properties",
                Map.of("amount", 9.5)));
  }

  @Test
  void decode_readsFlatActionsWithMetadata() {
    assertThat(
            event(
                """
                {"user_id":"u1","action":"click","page":"/a","duration":1.5,
                 "timestamp":"2026-01-15T10:30:00Z","metadata":{"button":"buy"}}
                """))
        .isEqualTo(
            Map.of(
                "type",
                "click",
                "userId",
                "u1",
                "time",
                TIME,
                "properties",
                Map.of("page", "/a", "duration", 1.5, "button", "buy")));
  }

  @Test
  void decode_readsSourcesWithNumericValues() {
    assertThat(
            event(
                """
                {"timestamp":"2026-01-15T10:30:00Z","source":"sensor","type":"temperature",
                 "values":{"celsius":21.5,"humidity":40}}
                """))
        .isEqualTo(
            Map.of(
                "type",
                "temperature",
                "source",
                "sensor",
                "time",
                TIME,
                "properties",
                Map.of("celsius", 21.5, "humidity", 40.0)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"a\"}{\"type\":\"b\"}",
        "{\"type\":\"a\"}\n{\"type\":\"b\"}\n\n",
        "[{\"type\":\"a\"},{\"type\":\"b\"}]",
        "{\"events\":[{\"type\":\"a\"},{\"type\":\"b\"}]}",
        "{\"project\":\"p\",\"events\":[{\"type\":\"a\"},{\"type\":\"b\"}],\"extra\":{\"x\":[1]}}",
        "[{\"type\":\"a\"}]\n[{\"type\":\"b\"}]"
      })
  void decode_takesEventsInEveryWrapping(String json) {
    EventBatch batch = decode(json);
    assertThat(batch.size()).isEqualTo(2);
    assertThat(batch.textString(TextField.TYPE, 0)).isEqualTo("a");
    assertThat(batch.textString(TextField.TYPE, 1)).isEqualTo("b");
  }

  @Test
  void decode_takesTheEnvelopeBesideTheEventsInAnyOrder() {
    EventBatch batch =
        decode("{\"events\":[{\"event\":\"a\"}],\"project\":\"p\",\"producer_id\":\"x\",\"batch_number\":7}");
    assertThat(batch.header().project()).isEqualTo("p");
    assertThat(batch.header().batchNumber()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({
    "1768473000, 2026-01-15T10:30:00Z",
    "1768473000.25, 2026-01-15T10:30:00.250Z",
    "1768473000123, 2026-01-15T10:30:00.123Z",
    "1768473000123456, 2026-01-15T10:30:00.123456Z",
    "1768473000123456789, 2026-01-15T10:30:00.123456Z",
    "0, 1970-01-01T00:00:00Z",
    "-1.5, 1969-12-31T23:59:58.500Z",
    "'\"1768473000\"', 2026-01-15T10:30:00Z",
    "'\"2026-01-15T10:30:00Z\"', 2026-01-15T10:30:00Z",
    "'\"2026-01-15 10:30:00\"', 2026-01-15T10:30:00Z",
    "'\"2026-01-15T10:30\"', 2026-01-15T10:30:00Z",
    "'\"2026-01-15\"', 2026-01-15T00:00:00Z",
    "'\"2026-01-15T10:30:00.5+0100\"', 2026-01-15T09:30:00.500Z",
    "'\"2026-01-15t10:30:00-05\"', 2026-01-15T15:30:00Z"
  })
  void decode_readsTimesAsPeopleWriteThem(String json, Instant time) {
    assertThat(event("{\"type\":\"t\",\"timestamp\":" + json + "}"))
        .containsEntry("time", time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"noon\"", "true", "[1]", "{}", "1e300", "\"\"", "-99999999999", "\"1-2\"", "1e20"})
  void decode_rejectsWhatIsNoTime(String json) {
    assertRejected("{\"type\":\"t\",\"ts\":" + json + "}", RejectReason.TIME_INVALID, "ts");
  }

  private static void assertRejected(String event, RejectReason reason, String field) {
    EventBatch batch = decode("{\"type\":\"before\"}\n" + event + "\n{\"type\":\"after\"}");
    assertThat(batch.size()).isEqualTo(3);
    assertThat(batch.rejections()).hasSize(1);
    assertThat(batch.rejections().getFirst().row()).isEqualTo(1);
    assertThat(batch.rejections().getFirst().reason()).isEqualTo(reason);
    assertThat(batch.rejections().getFirst().field()).isEqualTo(field);
    assertThat(batch.rejections().getFirst().format()).isEqualTo(OriginalFormat.COLLECT_JSON);
    assertThat(new String(batch.rejections().getFirst().original(), StandardCharsets.UTF_8))
        .isEqualTo(event);
  }

  @Test
  void decode_prefersTheTypeAndKeepsTheOtherNames() {
    assertThat(event("{\"action\":\"press\",\"event\":\"e\",\"type\":\"click\"}"))
        .isEqualTo(
            Map.of("type", "click", "properties", Map.of("event", "e", "action", "press")));
    assertThat(event("{\"type\":{\"x\":1},\"event\":\"e\"}"))
        .isEqualTo(Map.of("type", "e", "properties", Map.of("type", Map.of("x", 1.0))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pageview", "pageView", "PageView", "page-view", "page view"})
  void decode_knowsPageViewsInEverySpelling(String type) {
    assertThat(event("{\"type\":\"" + type + "\"}")).isEqualTo(Map.of("type", "page_view"));
  }

  @Test
  void decode_takesTheFirstNumberOfValueAndAmount() {
    assertThat(event("{\"type\":\"t\",\"amount\":1,\"value\":2}"))
        .containsEntry("value", 2.0)
        .containsEntry("properties", Map.of("amount", 1.0));
    assertThat(event("{\"type\":\"t\",\"value\":\"high\",\"amount\":1}"))
        .containsEntry("value", 1.0)
        .containsEntry("properties", Map.of("value", "high", "amount", 1.0));
    assertThat(event("{\"type\":\"t\",\"amount\":\"1\"}")).doesNotContainKey("value");
  }

  @Test
  void decode_keepsWhatIsOnlyNamedLikeAField() {
    assertThat(
            event(
                "{\"type\":\"t\",\"user\":{\"name\":\"n\"},\"values\":[1,2],\"tags\":\"one\",\"context\":{\"ip\":\"::1\",\"os\":\"x\"}}"))
        .isEqualTo(
            Map.of(
                "type",
                "t",
                "tags",
                List.of("one"),
                "context.ip",
                "::1",
                "properties",
                Map.of(
                    "user",
                    Map.of("name", "n"),
                    "values",
                    List.of(1.0, 2.0),
                    "context",
                    Map.of("os", "x"))));
  }

  @Test
  void decode_rejectsBrokenEventsAlone() {
    assertRejected(
        "{\"type\":\"t\",\"x\":{\"y\":1e999}}", RejectReason.NUMBER_NOT_FINITE, "x.y");
    assertRejected(
        "{\"type\":\"" + "x".repeat(257) + "\"}", RejectReason.TEXT_TOO_LONG, "type");
    assertRejected("{\"type\":\"t\",\"tags\":[[]]}", RejectReason.MALFORMED, "tags[0]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "1", "\"x\"", "[1]", "{\"events\":1}", "{\"a\":1}\n{", "null", "[[]]"})
  void decode_refusesWhatHoldsNoEvents(String json) {
    assertThatThrownBy(() -> decode(json)).isInstanceOf(ApiException.InvalidArgument.class);
  }
}
