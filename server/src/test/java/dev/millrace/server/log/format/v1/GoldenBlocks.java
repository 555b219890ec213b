package dev.millrace.server.log.format.v1;

import dev.millrace.server.event.TextField;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the golden files of format v1 hold. They were written once, by {@link #main}, and are never
 * written again: a change that needs that is another format.
 */
public enum GoldenBlocks {
  /** No rows. */
  EMPTY(17, List.of()),
  /** One row with nothing but what every event has. */
  SMALLEST(1, List.of(smallest())),
  /** Every kind of value, sparse and mixed columns, texts that are hard on encodings. */
  KINDS(1_000_000_000_000L, kinds()),
  /** Web traffic: dictionaries, UUIDs, scaled numbers, times in milliseconds. */
  TRAFFIC(5_000, traffic());

  private static final long NOON = 1_768_478_400_000_000L;

  private final long firstSequence;
  private final List<StoredEvent> events;

  GoldenBlocks(long firstSequence, List<StoredEvent> events) {
    this.firstSequence = firstSequence;
    this.events = events;
  }

  /** Writes the golden files into a folder, where they mustn't be yet. */
  public static void main(String[] arguments) throws IOException {
    for (GoldenBlocks golden : values()) {
      Files.write(
          Path.of(arguments[0], golden.file()), golden.write(), StandardOpenOption.CREATE_NEW);
    }
  }

  String file() {
    return name().toLowerCase(Locale.ROOT) + ".bin";
  }

  public List<StoredEvent> events() {
    return events;
  }

  byte[] write() {
    return Blocks.write(new BlockWriter(), firstSequence, events);
  }

  private static StoredEvent smallest() {
    return new StoredEvent(
        1,
        1_768_478_400_000_001L,
        1_768_478_400_000_002L,
        Map.of(TextField.EVENT_ID, "e", TextField.TYPE, "t"),
        null,
        null,
        new TreeMap<>());
  }

  private static List<StoredEvent> kinds() {
    List<@Nullable Object> values =
        Arrays.asList(
            null,
            true,
            false,
            0.0,
            -0.0,
            1.5,
            -1e300,
            9_007_199_254_740_992.0,
            Double.MIN_VALUE,
            "",
            "text",
            "6",
            "日本語 😀",
            "\u0000",
            StoredEvent.EMPTY_OBJECT,
            List.of(),
            Arrays.asList(
                1.0, null, "a", List.of(List.of(true)), Map.of("k", List.of()), Map.of()));
    List<StoredEvent> events = new ArrayList<>();
    for (int i = 0; i < 3 * values.size(); i++) {
      Map<TextField, String> texts = new EnumMap<>(TextField.class);
      for (TextField field : TextField.values()) {
        if (i % (field.ordinal() + 1) == 0) {
          texts.put(field, field.queryName() + " " + i % 5);
        }
      }
      Map<String, @Nullable Object> properties = new TreeMap<>();
      properties.put("mixed", values.get(i % values.size()));
      properties.put("a.b\\.c.d\\\\", i % 2 == 0);
      if (i == 20) {
        properties.put("ключ", null);
      }
      if (i % 3 == 0) {
        properties.put("number", i / 8.0);
      }
      List<@Nullable Object> tags = i % 4 == 0 ? List.of("tag", "tag" + i % 3) : null;
      events.add(
          new StoredEvent(
              1_000_000_000_000L + i,
              -1L << (i + 5),
              1_768_478_400_000_000L,
              texts,
              i % 5 == 0 ? null : i - 0.25,
              tags,
              properties));
    }
    return events;
  }

  private static List<StoredEvent> traffic() {
    String[] types = {"page_view", "click", "purchase"};
    String[] agents = {
      "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/147.0", "curl/8.17.0"
    };
    List<StoredEvent> events = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      Map<TextField, String> texts = new EnumMap<>(TextField.class);
      texts.put(TextField.EVENT_ID, new UUID(0x0190_0000_0000_7000L + i, -i).toString());
      texts.put(TextField.TYPE, types[i * i % 7 % 3]);
      texts.put(TextField.USER_ID, "user-" + i * 7919 % 601);
      texts.put(TextField.SESSION_ID, new UUID(7, i / 10).toString());
      texts.put(TextField.USER_AGENT, agents[i / 3 % 2]);
      Map<String, @Nullable Object> properties = new LinkedHashMap<>();
      properties.put("page", "/articles/" + i % 40);
      properties.put("geo.lat", (i * 104_729 % 180_000_000 - 90_000_000) / 1e6);
      properties.put("load", i % 100 / 100.0);
      if (i % 100 == 1) {
        properties.put("coupon", "SPRING");
      }
      events.add(
          new StoredEvent(
              5_000 + i,
              NOON + i * 1_337_000L,
              NOON + 900_000_123,
              texts,
              i % 7 == 2 ? 29.99 + i : null,
              null,
              new TreeMap<>(properties)));
    }
    return events;
  }
}
