package dev.millrace.server.demo;

import java.util.List;

/**
 * What the demo shows.
 *
 * @param total all events stored
 * @param perSecond events a second over the last ten
 * @param lastMinute events of the last minute
 * @param pages the pages with the most edits of the last 24 hours
 */
record Figures(long total, double perSecond, long lastMinute, List<Page> pages) {
  /** A page and its edits. */
  record Page(String name, long edits) {}
}
