package dev.millrace.replay;

import dev.millrace.client.Event;
import java.time.Instant;
import java.util.List;

/**
 * The NASA access log of 1995 as tab-separated values (host, logname, time in epoch seconds,
 * method, url, response, bytes, referer, useragent): the method is the type, the host the user, the
 * bytes the value.
 */
final class NasaLog implements Format {
  @Override
  public boolean hasHeader() {
    return true;
  }

  @Override
  public Line read(String line) {
    List<String> columns = List.of(line.split("\t", -1));
    Event.Builder event =
        Event.builder(columns.get(3))
            .userId(columns.get(0))
            .source("access_log")
            .property("url", columns.get(4))
            .property("response", Integer.parseInt(columns.get(5)));
    if (!columns.get(1).equals("-")) {
      event.property("logname", columns.get(1));
    }
    if (!columns.get(6).isEmpty()) {
      event.value(Double.parseDouble(columns.get(6)));
    }
    if (columns.size() > 7 && !columns.get(7).isEmpty()) {
      event.referrer(columns.get(7)).property("referer", columns.get(7));
    }
    if (columns.size() > 8 && !columns.get(8).isEmpty()) {
      event.userAgent(columns.get(8)).property("useragent", columns.get(8));
    }
    return new Line(Instant.ofEpochSecond(Long.parseLong(columns.get(2))), event);
  }
}
