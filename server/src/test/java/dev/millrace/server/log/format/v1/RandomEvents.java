package dev.millrace.server.log.format.v1;

import dev.millrace.server.event.PropertyPath;
import dev.millrace.server.event.TextField;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Events of all shapes, chosen by a seed: each column of a set has habits of its own. */
public final class RandomEvents {
  private static final String[] TEXTS = {
    "a",
    "b",
    "purchase",
    "page_view",
    "ä",
    "日本語",
    "😀 smile",
    "\u0000",
    "ünïcödé/with?much=more&",
    "7 bytes"
  };
  private static final String[] PATHS = {
    "page",
    "amount",
    "geo.lat",
    "geo.lon",
    PropertyPath.child("", "a.b"),
    PropertyPath.child("x", "back\\slash."),
    "ключ",
    "flag",
    "deep.er.and.deep.er"
  };

  private final Random random;
  private final long start;
  private final int[] habits;

  public RandomEvents(long seed) {
    random = new Random(seed);
    start = random.nextLong(4_000_000_000_000_000L) - 2_000_000_000_000_000L;
    habits = random.ints(64, 0, 12).toArray();
  }

  public List<StoredEvent> batch(long firstSequence, int rows) {
    long received = start + random.nextLong(1_000_000_000L);
    return IntStream.range(0, rows).mapToObj(i -> event(firstSequence + i, received)).toList();
  }

  private StoredEvent event(long sequence, long received) {
    Map<TextField, String> texts = new EnumMap<>(TextField.class);
    for (TextField field : TextField.values()) {
      String text = text(habits[field.ordinal()]);
      if (field == TextField.EVENT_ID || !text.isEmpty()) {
        texts.put(field, text.isEmpty() ? "id" : text);
      }
    }
    Map<String, @Nullable Object> properties = new TreeMap<>();
    for (int i = 0; i < PATHS.length; i++) {
      if (random.nextInt(12) < habits[20 + i]) {
        properties.put(PATHS[i], property(habits[40 + i]));
      }
    }
    return new StoredEvent(
        sequence,
        time(),
        received,
        texts,
        random.nextInt(12) < habits[10] ? number() : null,
        random.nextInt(12) < habits[11] ? list(2) : null,
        properties);
  }

  private long time() {
    return switch (habits[12]) {
      case 0 -> start;
      case 1, 2, 3 -> (start / 1000 + random.nextInt(100_000)) * 1000;
      case 4 -> (start / 1_000_000 + random.nextInt(100_000)) * 1_000_000;
      case 5 -> random.nextLong();
      default -> start + random.nextInt(10_000_000);
    };
  }

  /** A text, also an empty one. */
  private String text(int habit) {
    return switch (habit) {
      case 0 -> "";
      case 1 -> "always";
      case 2, 3 -> new UUID(random.nextLong(), random.nextLong()).toString();
      case 4 -> random.nextInt(50) == 0 ? "" : "user-" + random.nextInt(1_000_000);
      case 5 -> TEXTS[random.nextInt(3)].repeat(random.nextInt(3));
      case 6 -> TEXTS[0].repeat(random.nextInt(300));
      case 7 -> random.nextInt(40) == 0 ? "z".repeat(20_000) : "short";
      case 8 -> new UUID(1, random.nextInt(3)).toString().toUpperCase(Locale.ROOT);
      case 9 -> random.nextInt(30) == 0 ? "rare" : "";
      default -> TEXTS[random.nextInt(TEXTS.length)];
    };
  }

  private double number() {
    return switch (habits[13 + random.nextInt(3)]) {
      case 0 -> 7;
      case 1 -> random.nextInt(100) / 100.0;
      case 2 -> random.nextDouble();
      case 3 -> random.nextInt(5) == 0 ? -0.0 : 0.0;
      case 4 -> random.nextLong();
      case 5 -> random.nextInt(180_000_000) / 1e6 - 90;
      case 6 -> Double.POSITIVE_INFINITY;
      case 7 -> random.nextInt(20) == 0 ? Double.MIN_VALUE : -1e300;
      default -> random.nextInt(70_000);
    };
  }

  private @Nullable Object property(int habit) {
    return switch (habit) {
      case 0 -> null;
      case 1 -> StoredEvent.EMPTY_OBJECT;
      case 2 -> random.nextBoolean();
      case 3, 4 -> number();
      case 5, 6 -> text(habits[16]);
      case 7 -> list(3);
      default -> property(random.nextInt(9));
    };
  }

  private List<@Nullable Object> list(int depth) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(element(depth));
    }
    return list;
  }

  private @Nullable Object element(int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> number();
      case 3 -> text(10);
      case 4 -> list(depth - 1);
      default -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          map.put(text(10), element(depth - 1));
        }
        yield map;
      }
    };
  }
}
