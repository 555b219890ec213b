package dev.millrace.replay;

import dev.millrace.client.Event;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A test of two landing pages (user_id, timestamp, group, landing_page, converted): each row is an
 * exposure whose value is 1 if the user converted. Times are taken as UTC and cut to milliseconds.
 */
final class LandingPageTest implements Format {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  private final Map<String, String> countries;

  /**
   * @param countries the country of each user, where it is known
   */
  LandingPageTest(Map<String, String> countries) {
    this.countries = countries;
  }

  @Override
  public boolean hasHeader() {
    return true;
  }

  @Override
  public Line read(String line) {
    List<String> columns = Csv.split(line);
    double converted = Double.parseDouble(columns.get(4));
    return new Line(
        LocalDateTime.parse(columns.get(1), TIME)
            .truncatedTo(ChronoUnit.MILLIS)
            .toInstant(ZoneOffset.UTC),
        Event.builder("exposure")
            .userId(columns.get(0))
            .value(converted)
            .source("experiment")
            .property("group", columns.get(2))
            .property("landingPage", columns.get(3))
            .property("converted", converted)
            .property("country", countries.get(columns.get(0))));
  }
}
