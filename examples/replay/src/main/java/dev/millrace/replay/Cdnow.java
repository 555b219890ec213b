package dev.millrace.replay;

import dev.millrace.client.Event;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * Purchases at CDNOW: customer, day, number of CDs and dollars between blanks. The dollars are the
 * value; times are midnights UTC.
 */
final class Cdnow implements Format {
  @Override
  public boolean hasHeader() {
    return false;
  }

  @Override
  public Line read(String line) {
    List<String> columns = List.of(line.strip().split("\\s+"));
    return new Line(
        LocalDate.parse(columns.get(1), DateTimeFormatter.BASIC_ISO_DATE)
            .atStartOfDay()
            .toInstant(ZoneOffset.UTC),
        Event.builder("purchase")
            .userId(columns.get(0))
            .value(Double.parseDouble(columns.get(3)))
            .source("shop")
            .property("cds", Integer.parseInt(columns.get(2))));
  }
}
