package dev.millrace.benchmark.queries;

import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * A week of a shop's events: 8 types, 200 pages and a million users by Zipf's law, 50 countries, 3
 * devices, a value and a session. The same seed gives the same events, in order of time.
 */
final class ShopEvents {
  static final Instant FROM = Instant.parse("2026-01-05T00:00:00Z");
  static final int DAYS = 7;

  private static final String[] TYPES = {
    "page_view", "click", "search", "add_to_cart", "purchase", "signup", "logout", "error"
  };
  private static final String[] DEVICES = {"mobile", "desktop", "tablet"};
  private static final int PAGES = 200;
  private static final int COUNTRIES = 50;
  private static final int USERS = 1_000_000;
  private static final int SESSIONS_OF_USER = 10;
  private static final long SPAN_MICROS = TimeUnit.DAYS.toMicros(DAYS);

  private final long seed;
  private final long count;

  ShopEvents(long seed, long count) {
    this.seed = seed;
    this.count = count;
  }

  long count() {
    return count;
  }

  /** The same object for every event. */
  static final class Row {
    long timeMicros;
    String type = "";
    String page = "";
    String country = "";
    String device = "";
    String user = "";
    String session = "";
    double value;
  }

  /** Takes one event. */
  interface Sink {
    void accept(Row row) throws Exception;
  }

  void forEach(Sink sink) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    String[] pages = new String[PAGES + 1];
    for (int i = 1; i <= PAGES; i++) {
      pages[i] = page(i);
    }
    String[] countries = new String[COUNTRIES];
    for (int i = 0; i < COUNTRIES; i++) {
      countries[i] = country(i);
    }
    long fromMicros = TimeUnit.SECONDS.toMicros(FROM.getEpochSecond());
    Row row = new Row();
    for (long i = 0; i < count; i++) {
      row.timeMicros = fromMicros + (long) ((double) i / count * SPAN_MICROS);
      row.type = TYPES[zipf(random, TYPES.length) - 1];
      row.page = pages[zipf(random, PAGES)];
      row.country = countries[random.nextInt(COUNTRIES)];
      row.device = DEVICES[random.nextInt(DEVICES.length)];
      int user = zipf(random, USERS);
      row.user = "user-" + user;
      row.session = "session-" + user + "-" + random.nextInt(SESSIONS_OF_USER);
      row.value = random.nextInt(1, 20_000) / 100.0;
      sink.accept(row);
    }
  }

  static String page(int rank) {
    return "/products/" + rank;
  }

  static String country(int number) {
    return "" + (char) ('A' + number / 10) + (char) ('A' + number % 10);
  }

  /** A rank from 1, near Zipf's law with exponent 1: the logarithm of the rank is uniform. */
  private static int zipf(SplittableRandom random, int ranks) {
    return (int) Math.exp(random.nextDouble() * Math.log(ranks + 1.0));
  }
}
