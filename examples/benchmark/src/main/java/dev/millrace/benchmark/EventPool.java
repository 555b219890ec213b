package dev.millrace.benchmark;

import dev.millrace.client.Event;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Made-up events of a shop, as they are on the wire: 8 types, 200 pages and a million users by
 * Zipf's law, 50 countries, 3 devices. They are made beforehand, so that a load program spends its
 * time on sending; each use of one gets an id of its own and the current second. The same seed
 * gives the same events. Not thread-safe.
 */
final class EventPool {
  private static final List<String> TYPES =
      List.of(
          "page_view",
          "page_view",
          "page_view",
          "page_view",
          "page_view",
          "page_view",
          "click",
          "click",
          "click",
          "search",
          "search",
          "add_to_cart",
          "add_to_cart",
          "purchase",
          "signup",
          "logout",
          "error");
  private static final List<String> DEVICES = List.of("mobile", "mobile", "desktop", "tablet");
  private static final int PAGES = 200;
  private static final int COUNTRIES = 50;
  private static final int CATEGORIES = 20;
  private static final int USERS = 1_000_000;
  private static final int TAG = (2 << 3) | 2;

  /** Where the id's 36 characters are in an event's bytes: it is the first field. */
  private static final int ID_OFFSET = 2;

  private static final int ID_LENGTH = 36;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private final SplittableRandom random;
  private final byte[][] events;
  private final int[] secondsOffsets;
  private final SplittableRandom ids = new SplittableRandom(System.nanoTime());
  private int next;

  EventPool(long seed, int size) {
    random = new SplittableRandom(seed);
    events = new byte[size][];
    secondsOffsets = new int[size];
    for (int i = 0; i < size; i++) {
      String type = TYPES.get(random.nextInt(TYPES.size()));
      events[i] = event(type).toMessage().toByteArray();
      // After the id and the type: tag, length and the tag of the seconds.
      secondsOffsets[i] = ID_OFFSET + ID_LENGTH + 2 + type.length() + 3;
    }
  }

  /** The mean size of an event, in bytes. */
  double meanBytes() {
    long sum = 0;
    for (byte[] event : events) {
      sum += event.length;
    }
    return (double) sum / events.length;
  }

  /** Writes the next events as field 2 of a request, and returns where they end. */
  int write(byte[] to, int offset, int count, long epochSecond) {
    int at = offset;
    for (int i = 0; i < count; i++) {
      byte[] event = events[next];
      to[at++] = TAG;
      at = putVarint(to, at, event.length);
      System.arraycopy(event, 0, to, at, event.length);
      putId(to, at + ID_OFFSET);
      putVarint(to, at + secondsOffsets[next], epochSecond);
      at += event.length;
      next = next + 1 == events.length ? 0 : next + 1;
    }
    return at;
  }

  /** More bytes than {@link #write} needs for so many events. */
  int roomFor(int count) {
    return count * 512;
  }

  /** The next event in the form of {@code /v1/events}. */
  void writeJson(StringBuilder to) {
    byte[] id = new byte[ID_LENGTH];
    putId(id, 0);
    String type = TYPES.get(random.nextInt(TYPES.size()));
    int user = zipf(USERS);
    to.append("{\"eventId\":\"").append(new String(id, StandardCharsets.ISO_8859_1));
    to.append("\",\"type\":\"").append(type).append("\",\"time\":\"").append(Instant.now());
    to.append("\",\"userId\":\"user-").append(user).append("\",\"sessionId\":\"session-");
    to.append(user).append("\",\"properties\":{\"page\":\"/products/").append(zipf(PAGES));
    to.append("\",\"category\":\"category-").append(zipf(CATEGORIES));
    to.append("\",\"country\":\"").append(country()).append("\",\"device\":\"");
    to.append(DEVICES.get(random.nextInt(DEVICES.size()))).append("\"},\"value\":");
    to.append(price()).append('}');
  }

  private Event event(String type) {
    int user = zipf(USERS);
    return Event.builder(type)
        .eventId("00000000-0000-7000-8000-000000000000")
        .time(Instant.ofEpochSecond(1_800_000_000L, 1_000L * random.nextInt(1, 1_000_000)))
        .userId("user-" + user)
        .sessionId("session-" + user + "-" + random.nextInt(10))
        .property("page", "/products/" + zipf(PAGES))
        .property("country", country())
        .property("device", DEVICES.get(random.nextInt(DEVICES.size())))
        .property("category", "category-" + zipf(CATEGORIES))
        .property("quantity", random.nextInt(1, 5))
        .value(price())
        .source("shop")
        .build();
  }

  private String country() {
    int code = random.nextInt(COUNTRIES);
    return "" + (char) ('A' + code / 10) + (char) ('A' + code % 10);
  }

  private double price() {
    return random.nextInt(1, 20_000) / 100.0;
  }

  /** A rank from 1, near Zipf's law with exponent 1: the logarithm of the rank is uniform. */
  private int zipf(int ranks) {
    return (int) Math.exp(random.nextDouble() * Math.log(ranks));
  }

  private void putId(byte[] to, int offset) {
    int at = offset;
    long bits = 0;
    for (int i = 0; i < ID_LENGTH; i++) {
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        to[at++] = '-';
      } else {
        if (i % 16 == 0) {
          bits = ids.nextLong();
        }
        to[at++] = HEX[(int) (bits & 15)];
        bits >>>= 4;
      }
    }
  }

  private static int putVarint(byte[] to, int offset, long value) {
    long rest = value;
    int at = offset;
    while ((rest & ~0x7FL) != 0) {
      to[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[at++] = (byte) rest;
    return at;
  }
}
