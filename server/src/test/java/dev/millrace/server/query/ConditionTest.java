package dev.millrace.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.v1.Measure;
import dev.millrace.v1.Query;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What conditions mean, on one event. */
final class ConditionTest {
  private static final TestEvent EVENT =
      TestEvent.at("2026-03-29T01:30:00Z", "purchase")
          .user("u1")
          .value(6)
          .tags("web", "new")
          .with("six", "6")
          .with("flag", true)
          .with("off", false)
          .with("nothing", null)
          .with("empty", Map.of())
          .with("items", Arrays.asList("a", 2.0, null))
          .with("text", "Grüße, 🌍")
          .with("geo", Map.of("lat", 1.5))
          .with("a.b", "dotted")
          .with("duration", 31.0);

  private static final Asking ASKING = new Asking(TestStore.of(EVENT));

  private static boolean holds(String where) {
    Query.Builder query = Query.newBuilder().addMeasures(Measure.newBuilder()).setWhere(where);
    return ASKING.rows(query).getFirst().getValuesOrThrow("count") == 1;
  }

  private static final String MEANINGS =
      """
      true ; true
      false ; false
      type == 'purchase' ; true
      value == 6 ; true
      value == 6.0 ; true
      value > 5 && value < 7.5 ; true
      value + 1 == 7 ; true
      -value == -6 ; true
      7 / 2 == 3.5 ; true
      value / 0 == 1 ; false
      value % 4 == 2 ; true
      six == 6 ; false
      six != 6 ; true
      six == '6' ; true
      six > 5 ; false
      !(six > 5) ; true
      missing == 1 ; false
      missing != 1 ; false
      missing > 5 ; false
      !(missing > 5) ; true
      !(missing != 1) ; true
      missing == missing ; false
      nothing == 1 ; false
      nothing != 1 ; false
      has(nothing) ; false
      has(properties.six) ; true
      has(missing) ; false
      has(empty) ; true
      has(properties.geo.lat) ; true
      has(time) ; true
      flag ; true
      off ; false
      !off ; true
      flag == true ; true
      off == false ; true
      flag != off ; true
      missing || flag ; true
      !missing ; true
      missing ? true : flag ; true
      (value > 5 ? 'big' : 'small') == 'big' ; true
      (value > 5) == true ; true
      type in ['a', 'purchase'] ; true
      value in [1, 6] ; true
      six in [6] ; false
      missing in ['a'] ; false
      !(missing in ['a']) ; true
      'web' in tags ; true
      'x' in tags ; false
      2 in properties.items ; true
      type in tags ; false
      tags == ['web', 'new'] ; true
      tags != ['web'] ; true
      size(tags) == 2 ; true
      tags.size() == 2 ; true
      size(text) == 8 ; true
      size(value) == 1 ; false
      tags.exists(t, t.startsWith('n')) ; true
      tags.all(t, size(t) == 3) ; true
      items.all(i, has(type)) ; error
      items.exists(i, i == 2) ; true
      missing.all(x, x == 1) ; false
      text.contains('ß') ; true
      text.startsWith('Gr') ; true
      text.endsWith('🌍') ; true
      type.matches('^pur.*e$') ; true
      matches(type, 'ch') ; true
      value.contains('6') ; false
      type < 'q' ; true
      type >= 'purchase' ; true
      properties["a.b"] == 'dotted' ; true
      properties.geo.lat == 1.5 ; true
      properties.geo["lat"] == 1.5 ; true
      geo.lat == 1.5 ; true
      user_id == 'u1' ; true
      is_conversion ; true
      is_high_value == true ; true
      hour_of_day == 1 ; true
      day_of_week == 'SUNDAY' ; true
      date == '2026-03-29' ; true
      device == 'phone' ; false
      !has(device) ; true
      time == timestamp('2026-03-29T01:30:00Z') ; true
      time > '2026-03-29T02:00:00+01:00' ; true
      time - duration('90m') == timestamp('2026-03-29T00:00:00Z') ; true
      time - timestamp('2026-03-29T00:00:00Z') > duration('1h') ; true
      time in [timestamp('2026-03-29T01:30:00Z')] ; true
      duration('1h') > duration('59m') ; true
      """;

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = MEANINGS)
  void conditions_mean_what_is_written(String where, String expected) {
    if (expected.equals("error")) {
      assertThat(Asking.violations(() -> holds(where))).isNotEmpty();
    } else {
      assertThat(holds(where)).isEqualTo(Boolean.parseBoolean(expected));
    }
  }

  @Test
  void parts_of_times_follow_the_zone() {
    Query.Builder query =
        Query.newBuilder()
            .addMeasures(Measure.newBuilder())
            .setTimeZone("Europe/Berlin")
            .setWhere("hour_of_day == 3 && date == '2026-03-29'");
    assertThat(ASKING.rows(query).getFirst().getValuesOrThrow("count")).isEqualTo(1);
  }

  private static final List<String> BROKEN =
      List.of(
          "type ==",
          "== 'a'",
          "type = 'a'",
          "type === 'a'",
          "(type == 'a'",
          "type == 'a')",
          "type == 'a",
          "&&",
          "a &&",
          "|| a",
          "!",
          "'text'",
          "42",
          "[1, 2]",
          "value + 1",
          "-value",
          "size(tags)",
          "timestamp('2026-01-01T00:00:00Z')",
          "time",
          "time > 5",
          "time == true",
          "time + time > time",
          "timestamp('yesterday') < time",
          "timestamp(type) < time",
          "duration('soon') > duration('1h')",
          "time > duration('1h')",
          "time * 2 > time",
          "value > null",
          "null == value",
          "value in [null]",
          "value in [type]",
          "value in 5",
          "unknown(type)",
          "type.upper() == 'A'",
          "has()",
          "has(1)",
          "has(type, value)",
          "type.matches('(')",
          "type.matches('(?=a)')",
          "type.matches(user_id)",
          "type.matches('((a{100}){100}){100}')",
          "{'a': 1} == type",
          "Event{type: 'a'}",
          "b'abc' == type",
          "tags[0] == 'a'",
          "tags > ['a']",
          "['a'] < tags",
          "tags.exists(t)",
          "tags.exists(t, user_id == t)",
          "tags.exists(1, true)",
          "tags.map(t, t) == tags",
          "value + 'a' == 1",
          "(a > 1) + 1 == 2",
          "properties == 1",
          "user_id.name == 'a'",
          "type.contains(5)",
          "5.contains('a')",
          "a ? b",
          "a ? b : ",
          "'\\q' == type",
          "type == 'a' && \u0000",
          "1 +",
          "((((((((((",
          "value ** 2 == 4",
          "type is 'a'",
          "value > 1 and value < 2",
          "select * from events",
          "type == \"a' ",
          "x -> y",
          "a; b",
          "(".repeat(200) + "true" + ")".repeat(200),
          "!".repeat(3_000) + "(",
          "-".repeat(5_001) + "'a' == type",
          "a" + ".b".repeat(3_000),
          "value" + " + 1".repeat(2_000) + " > 1",
          "'" + "a".repeat(17_000) + "' == type",
          "(value > 1) || ".repeat(1_200) + "true");

  static List<String> brokenExpressions() {
    return BROKEN;
  }

  @ParameterizedTest
  @MethodSource("brokenExpressions")
  void broken_expressions_are_refused_with_the_field(String where) {
    assertThat(Asking.violations(() -> holds(where)))
        .singleElement()
        .asString()
        .startsWith("query.where: ")
        .hasSizeLessThan(600);
  }
}
