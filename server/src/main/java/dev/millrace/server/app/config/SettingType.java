package dev.millrace.server.app.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a setting can be: how its text is read, and how its values are described and written. */
public sealed interface SettingType {
  /** What is allowed, to follow "must be". */
  String allowed();

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException if the text isn't one
   */
  Object parse(String text);

  record Text() implements SettingType {
    @Override
    public String allowed() {
      return "a text";
    }

    @Override
    public String parse(String text) {
      return text;
    }
  }

  record Flag() implements SettingType {
    @Override
    public String allowed() {
      return "true or false";
    }

    @Override
    public Boolean parse(String text) {
      return switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new IllegalArgumentException(text);
      };
    }
  }

  record Choice(List<String> values) implements SettingType {
    @Override
    public String allowed() {
      return "one of " + String.join(", ", values);
    }

    @Override
    public String parse(String text) {
      if (!values.contains(text)) {
        throw new IllegalArgumentException(text);
      }
      return text;
    }
  }

  record Whole(long min, long max) implements SettingType {
    @Override
    public String allowed() {
      return "a whole number from %d to %d".formatted(min, max);
    }

    @Override
    public Long parse(String text) {
      return within(Long.parseLong(text.replace("_", "")), min, max);
    }
  }

  /** Bytes, with or without a unit: {@code 65536}, {@code 64KiB}, {@code 1TiB}. */
  record Bytes(long min, long max) implements SettingType {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,18})\\s*(B|KiB|MiB|GiB|TiB)?");
    private static final List<String> LARGEST_FIRST = List.of("TiB", "GiB", "MiB", "KiB");

    @Override
    public String allowed() {
      return "a size from %s to %s, such as 64KiB".formatted(write(min), write(max));
    }

    @Override
    public Long parse(String text) {
      Matcher size = SIZE.matcher(text);
      if (!size.matches()) {
        throw new IllegalArgumentException(text);
      }
      int shift = shift(size.group(2));
      try {
        return within(Math.multiplyExact(Long.parseLong(size.group(1)), 1L << shift), min, max);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException(text, e);
      }
    }

    private static int shift(@Nullable String unit) {
      return switch (unit) {
        case "KiB" -> 10;
        case "MiB" -> 20;
        case "GiB" -> 30;
        case "TiB" -> 40;
        case null, default -> 0;
      };
    }

    static String write(long bytes) {
      for (String unit : LARGEST_FIRST) {
        long one = 1L << shift(unit);
        if (bytes >= one && bytes % one == 0) {
          return bytes / one + unit;
        }
      }
      return bytes + "B";
    }
  }

  /** A length of time: {@code 100ms}, {@code 30s}, {@code 5m}, {@code 24h}, {@code 7d}. */
  record Span(Duration min, Duration max) implements SettingType {
    private static final Pattern LENGTH = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");

    @Override
    public String allowed() {
      return "a time from %s to %s, such as 30s".formatted(write(min), write(max));
    }

    @Override
    public Duration parse(String text) {
      Matcher length = LENGTH.matcher(text);
      if (!length.matches()) {
        throw new IllegalArgumentException(text);
      }
      long number = Long.parseLong(length.group(1));
      try {
        Duration span =
            switch (length.group(2)) {
              case "ms" -> Duration.ofMillis(number);
              case "s" -> Duration.ofSeconds(number);
              case "m" -> Duration.ofMinutes(number);
              case "h" -> Duration.ofHours(number);
              default -> Duration.ofDays(number);
            };
        if (span.compareTo(min) < 0 || span.compareTo(max) > 0) {
          throw new IllegalArgumentException(text);
        }
        return span;
      } catch (ArithmeticException | DateTimeParseException e) {
        throw new IllegalArgumentException(text, e);
      }
    }

    static String write(Duration span) {
      long millis = span.toMillis();
      if (millis == 0) {
        return "0s";
      }
      for (Map.Entry<String, Long> unit :
          List.of(
              Map.entry("d", 86_400_000L),
              Map.entry("h", 3_600_000L),
              Map.entry("m", 60_000L),
              Map.entry("s", 1_000L))) {
        if (millis % unit.getValue() == 0) {
          return millis / unit.getValue() + unit.getKey();
        }
      }
      return millis + "ms";
    }
  }

  /** {@code HOST:PORT}; the host is looked up. */
  record Address() implements SettingType {
    @Override
    public String allowed() {
      return "HOST:PORT, such as 127.0.0.1:8080";
    }

    @Override
    public InetSocketAddress parse(String text) {
      int colon = text.lastIndexOf(':');
      if (colon <= 0) {
        throw new IllegalArgumentException(text);
      }
      String host = text.substring(0, colon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      } else if (host.contains(":")) {
        throw new IllegalArgumentException(text);
      }
      long port = within(Long.parseLong(text.substring(colon + 1)), 0, 65_535);
      InetSocketAddress address =
          new InetSocketAddress(host.equals("*") ? "0.0.0.0" : host, (int) port);
      if (address.isUnresolved()) {
        throw new IllegalArgumentException("unknown host " + host.toLowerCase(Locale.ROOT));
      }
      return address;
    }
  }

  private static long within(long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(Long.toString(value));
    }
    return value;
  }
}
