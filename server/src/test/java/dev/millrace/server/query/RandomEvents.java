package dev.millrace.server.query;

import dev.millrace.server.query.time.Micros;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Events with ties, missing and null values, mixed kinds and times around changes of the clock. */
final class RandomEvents {
  /** Changes of the clock in Berlin, New York, Lord Howe, and none. */
  private static final List<String> DAYS =
      List.of(
          "2025-03-30T00:00:00Z",
          "2025-10-26T00:00:00Z",
          "2025-11-02T05:00:00Z",
          "2025-04-05T15:00:00Z",
          "2026-01-14T22:00:00Z");

  private RandomEvents() {}

  /** One or two shards, each of several blocks. */
  static TestStore store(Random random) {
    return store(random, false);
  }

  /**
   * One or two shards, each of several blocks.
   *
   * @param years whether a third of the events is of a year before
   */
  static TestStore store(Random random, boolean years) {
    TestStore store = new TestStore(1 + random.nextInt(2));
    long center = Micros.of(Instant.parse(DAYS.get(random.nextInt(DAYS.size()))));
    int id = 0;
    int blocks = random.nextInt(5);
    for (int block = 0; block < blocks; block++) {
      List<TestEvent> events = new ArrayList<>();
      int size = 1 + random.nextInt(random.nextBoolean() ? 8 : 60);
      for (int i = 0; i < size; i++) {
        boolean before = years && random.nextInt(3) == 0;
        events.add(event(random, before ? center - 365 * Micros.DAY : center, "e" + id++));
      }
      store.add(random.nextInt(store.position("").shards()), events);
    }
    if (random.nextBoolean()) {
      store.seal(1 + random.nextInt(90));
    }
    return store;
  }

  private static TestEvent event(Random random, long center, String id) {
    long span = random.nextInt(4) == 0 ? 40 * Micros.DAY : 2 * Micros.DAY;
    long step = random.nextBoolean() ? 30 * Micros.MINUTE : 1_234_567;
    long steps = (long) ((random.nextDouble() - 0.5) * span / step);
    long time = center + steps * step;
    TestEvent event = new TestEvent(time, pick(random, "view", "click", "purchase", "signup"));
    event.text("event_id", id);
    if (random.nextInt(4) > 0) {
      event.user(pick(random, "u1", "u2", "u3", "ü4"));
    }
    if (random.nextInt(3) == 0) {
      event.text("session_id", pick(random, "s1", "s2"));
    }
    if (random.nextInt(3) > 0) {
      event.value(number(random));
    }
    if (random.nextInt(3) == 0) {
      event.tags(random.nextBoolean() ? new Object[] {"a"} : new Object[] {"a", "b"});
    }
    if (random.nextInt(5) > 0) {
      event.with("mixed", mixed(random));
    }
    if (random.nextBoolean()) {
      event.with("amount", number(random));
    }
    if (random.nextInt(3) == 0) {
      event.with("geo", Map.of("country", pick(random, "DE", "US", "FR")));
    }
    if (random.nextInt(4) == 0) {
      event.with("duration", random.nextBoolean() ? 31.0 : 30.0);
    }
    return event;
  }

  /** Quarters, whose sums are exact in any order. */
  static double number(Random random) {
    return (random.nextInt(41) - 12) / 4.0;
  }

  static @Nullable Object mixed(Random random) {
    return switch (random.nextInt(9)) {
      case 0 -> 6.0;
      case 1 -> "6";
      case 2 -> true;
      case 3 -> false;
      case 4 -> Arrays.asList("a", 6.0);
      case 5 -> Map.of();
      case 6 -> number(random);
      case 7 -> pick(random, "a", "ab", "b", "\uFFFD", "🌍");
      default -> null;
    };
  }

  private static String pick(Random random, String... from) {
    return from[random.nextInt(from.length)];
  }
}
