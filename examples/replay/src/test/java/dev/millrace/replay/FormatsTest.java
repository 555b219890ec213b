package dev.millrace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Value;
import dev.millrace.v1.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FormatsTest {
  @TempDir Path folder;

  @Test
  void the_shipped_edits_are_those_of_the_published_set() throws IOException {
    List<Recorded> edits = events(Datasets.wikipediaEdits());

    assertThat(edits).hasSize(39_244);
    assertThat(edits.get(0).time()).isEqualTo("2015-09-12T00:46:58.771Z");
    assertThat(edits.get(39_243).time()).isEqualTo("2015-09-12T23:59:59.200Z");
    assertThat(edits).isSortedAccordingTo((a, b) -> a.time().compareTo(b.time()));
    Map<String, Long> byType =
        edits.stream()
            .collect(Collectors.groupingBy(e -> message(e).getType(), Collectors.counting()));
    assertThat(byType).hasSize(51).containsEntry("#en.wikipedia", 11_549L);
    assertThat(edits.stream().map(e -> message(e).getEventId()).distinct()).hasSize(39_244);
    assertThat(edits.stream().filter(e -> text(message(e), "page").equals("Jeremy Corbyn")).count())
        .isEqualTo(27);
  }

  @Test
  void wikipedia_edits_keep_all_columns() {
    Format.Line line =
        new WikipediaEdits()
            .read(
                """
                {"time":"2015-09-12T00:47:05.474Z","channel":"#en.wikipedia","cityName":"Auburn",\
                "countryName":null,"isAnonymous":true,"page":"Peremptory norm",\
                "user":"60.225.66.142","delta":-3,"added":0,"deleted":3}\
                """);
    Event event = line.event().build().toMessage();

    assertThat(line.time()).isEqualTo("2015-09-12T00:47:05.474Z");
    assertThat(event.getType()).isEqualTo("#en.wikipedia");
    assertThat(event.getUserId()).isEqualTo("60.225.66.142");
    assertThat(event.getValue()).isZero();
    assertThat(event.getProperties().getFieldsMap())
        .containsOnlyKeys("cityName", "isAnonymous", "page", "delta", "deleted");
    assertThat(event.getProperties().getFieldsOrThrow("isAnonymous").getBoolValue()).isTrue();
    assertThat(number(event, "delta")).isEqualTo(-3);
  }

  @Test
  void combined_log_lines_are_read() {
    Format.Line line =
        new AccessLog()
            .read(
                "83.149.9.216 - frank [17/May/2015:10:05:03 +0200] \"GET /a b?c HTTP/1.1\" 200 203023"
                    + " \"http://example.org/\" \"Mozilla/5.0 (X; \\\"Y\\\")\"");
    Event event = line.event().build().toMessage();

    assertThat(line.time()).isEqualTo("2015-05-17T08:05:03Z");
    assertThat(event.getType()).isEqualTo("GET");
    assertThat(event.getUserId()).isEqualTo("83.149.9.216");
    assertThat(event.getValue()).isEqualTo(203_023);
    assertThat(text(event, "path")).isEqualTo("/a b?c");
    assertThat(text(event, "protocol")).isEqualTo("HTTP/1.1");
    assertThat(text(event, "remoteUser")).isEqualTo("frank");
    assertThat(number(event, "status")).isEqualTo(200);
    assertThat(event.getContext().getReferrer()).isEqualTo("http://example.org/");
    assertThat(event.getContext().getUserAgent()).startsWith("Mozilla/5.0");
  }

  @Test
  void common_log_lines_and_lines_cut_off_are_read() {
    Event common =
        new AccessLog()
            .read("h - - [17/May/2015:10:05:03 +0000] \"HEAD / HTTP/1.0\" 304 -")
            .event()
            .build()
            .toMessage();
    Event cut =
        new AccessLog()
            .read("h - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.0\" 200 5 \"-\" \"Mozilla/5")
            .event()
            .build()
            .toMessage();

    assertThat(common.hasValue()).isFalse();
    assertThat(common.getProperties().getFieldsMap()).doesNotContainKey("referrer");
    assertThat(cut.getContext().getUserAgent()).isEqualTo("Mozilla/5");
  }

  @Test
  void nasa_lines_are_read_with_and_without_the_last_columns() {
    Format.Line line =
        new NasaLog()
            .read("pppa006.compuserve.com\t-\t807256800\tGET\t/images/logo.gif\t200\t1713");
    Event event = line.event().build().toMessage();

    assertThat(line.time()).isEqualTo("1995-08-01T06:00:00Z");
    assertThat(event.getUserId()).isEqualTo("pppa006.compuserve.com");
    assertThat(text(event, "url")).isEqualTo("/images/logo.gif");
    assertThat(number(event, "response")).isEqualTo(200);
    assertThat(event.getValue()).isEqualTo(1713);
  }

  @Test
  void invoices_are_purchases_cancellations_or_adjustments() {
    OnlineRetail shop = new OnlineRetail();
    Event purchase =
        shop.read("536365,85123A,\"HEART, \"\"WHITE\"\"\",6,2010-12-01 08:26:00,2.5,17850.0,France")
            .event()
            .build()
            .toMessage();

    assertThat(purchase.getType()).isEqualTo("purchase");
    assertThat(purchase.getUserId()).isEqualTo("17850");
    assertThat(purchase.getValue()).isEqualTo(15);
    assertThat(text(purchase, "description")).isEqualTo("HEART, \"WHITE\"");
    assertThat(
            shop.read("C536365,D,x,-1,2010-12-01 08:26:00,2.5,,France").event().build().toMessage())
        .satisfies(e -> assertThat(e.getType()).isEqualTo("cancel"))
        .satisfies(e -> assertThat(e.getUserId()).isEmpty());
    assertThat(shop.read("536365,D,,-1,2010-12-01 08:26:00,0,,France").event().build().toMessage())
        .satisfies(e -> assertThat(e.getType()).isEqualTo("adjustment"));
  }

  @Test
  void cdnow_purchases_are_read() {
    Format.Line line = new Cdnow().read(" 00002 19970112  5   77.00");
    Event event = line.event().build().toMessage();

    assertThat(line.time()).isEqualTo("1997-01-12T00:00:00Z");
    assertThat(event.getUserId()).isEqualTo("00002");
    assertThat(event.getValue()).isEqualTo(77);
    assertThat(number(event, "cds")).isEqualTo(5);
  }

  @Test
  void the_landing_page_test_is_read_from_a_zip_with_countries_beside() throws IOException {
    Path zip = folder.resolve("ab_data.csv.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("ab_data.csv"));
      out.write(
          """
          user_id,timestamp,group,landing_page,converted
          851104,2017-01-21 22:11:48.556739,control,old_page,1
          """
              .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    Files.writeString(folder.resolve("countries.csv"), "user_id,country\n851104,UK\n");

    List<Recorded> events = events(Datasets.file(Datasets.Kind.AB_TEST, zip));

    assertThat(events).hasSize(1);
    assertThat(events.get(0).time()).isEqualTo("2017-01-21T22:11:48.556Z");
    Event event = message(events.get(0));
    assertThat(text(event, "group")).isEqualTo("control");
    assertThat(text(event, "landingPage")).isEqualTo("old_page");
    assertThat(text(event, "country")).isEqualTo("UK");
    assertThat(event.getValue()).isEqualTo(1);
  }

  @Test
  void a_row_that_cannot_be_read_is_named() throws IOException {
    Path file = Files.writeString(folder.resolve("log.txt"), "good luck\n");
    Dataset data = Datasets.file(Datasets.Kind.NASA, file);
    Files.writeString(file, "header\nbroken\n");

    assertThatThrownBy(() -> events(data))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("log.txt, row 1");
  }

  @Test
  void a_timeline_moves_the_past_whole_and_the_rest_faster() {
    Instant pivot = Instant.parse("2015-09-12T18:00:00Z");
    Instant now = Instant.parse("2026-01-15T10:00:00Z");
    Timeline timeline = new Timeline(pivot, now, 60, true);

    assertThat(timeline.at(pivot.minusSeconds(60))).isEqualTo(now.minusSeconds(60));
    assertThat(timeline.waits(pivot)).isFalse();
    assertThat(timeline.at(pivot.plusSeconds(60))).isEqualTo(now.plusSeconds(1));
    assertThat(timeline.waits(pivot.plusSeconds(60))).isTrue();
    assertThat(Timeline.asRecorded().at(pivot)).isEqualTo(pivot);
    assertThat(Timeline.moved(pivot, now).at(pivot.plusSeconds(5))).isEqualTo(now.plusSeconds(5));
    assertThat(Timeline.moved(pivot, now).waits(now)).isFalse();
  }

  private static List<Recorded> events(Dataset data) throws IOException {
    try (Stream<Recorded> events = data.events()) {
      return events.toList();
    }
  }

  private static Event message(Recorded recorded) {
    return recorded.event().time(recorded.time()).build().toMessage();
  }

  private static String text(Event event, String property) {
    return event
        .getProperties()
        .getFieldsOrDefault(property, Value.getDefaultInstance())
        .getStringValue();
  }

  private static double number(Event event, String property) {
    return event.getProperties().getFieldsOrThrow(property).getNumberValue();
  }
}
