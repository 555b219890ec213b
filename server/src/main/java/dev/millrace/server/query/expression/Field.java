package dev.millrace.server.query.expression;

import dev.millrace.server.event.Column;
import dev.millrace.server.event.TextField;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** A field that a question can name, by where its values come from. */
public sealed interface Field {
  /** The name as an answer writes it, such as {@code user_id} or {@code properties.geo.lat}. */
  String fieldName();

  /** A column of stored events. */
  record Stored(String fieldName, Column column) implements Field {}

  /** The event's time. Not a number: it compares with times only. */
  record Time() implements Field {
    @Override
    public String fieldName() {
      return "time";
    }
  }

  /** Computed from other columns when the question is asked. */
  enum Derived implements Field {
    IS_CONVERSION("is_conversion"),
    IS_HIGH_VALUE("is_high_value"),
    HOUR_OF_DAY("hour_of_day"),
    DAY_OF_WEEK("day_of_week"),
    DATE("date");

    private final String fieldName;

    Derived(String fieldName) {
      this.fieldName = fieldName;
    }

    @Override
    public String fieldName() {
      return fieldName;
    }
  }

  /** A field that enrichment gives. No stored event has it, so it is missing everywhere. */
  record Unset(String fieldName) implements Field {}

  /** What comes before a property's path. */
  String PROPERTIES = "properties.";

  /** The event's time. */
  Field TIME = new Time();

  /** The type of an event. */
  Field TYPE = new Stored("type", Column.Core.TYPE);

  /**
   * Resolves a name. A bare name that is none of the fixed ones means a property.
   *
   * @throws IllegalArgumentException if it can't be a name; the message says why
   */
  static Field parse(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a field needs a name");
    }
    if (name.length() > Names.LENGTH_MAX) {
      throw new IllegalArgumentException(
          "a field's name has at most %d characters, found %d"
              .formatted(Names.LENGTH_MAX, name.length()));
    }
    Field known = Names.FIXED.get(name);
    if (known != null) {
      return known;
    }
    String path = name;
    if (name.startsWith(PROPERTIES)) {
      path = name.substring(PROPERTIES.length());
    } else if (name.startsWith("context.")) {
      Field context = Names.FIXED.get(name.substring("context.".length()));
      if (context != null && Names.CONTEXT.contains(context.fieldName())) {
        return context;
      }
    }
    if (path.isEmpty() || name.equals("properties")) {
      throw new IllegalArgumentException(
          "'properties' needs the name of a property, as in properties.page");
    }
    return property(path);
  }

  /**
   * A property.
   *
   * @param path as {@link dev.millrace.server.event.PropertyPath} writes it
   */
  static Field property(String path) {
    return new Stored(PROPERTIES + path, new Column.Property(path));
  }

  /** The fixed names. */
  final class Names {
    private static final int LENGTH_MAX = 2_048;
    private static final Set<String> CONTEXT = Set.of("ip", "user_agent", "referrer", "locale");
    private static final Map<String, Field> FIXED = fixed();

    private Names() {}

    private static Map<String, Field> fixed() {
      Map<String, Field> names = new HashMap<>();
      for (TextField text : TextField.values()) {
        names.put(text.queryName(), new Stored(text.queryName(), Column.Core.of(text)));
      }
      names.put("value", new Stored("value", Column.Core.VALUE));
      names.put("tags", new Stored("tags", Column.Core.TAGS));
      names.put("time", TIME);
      for (Derived derived : Derived.values()) {
        names.put(derived.fieldName, derived);
      }
      for (String unset :
          Set.of(
              "device",
              "browser",
              "os",
              "country",
              "region",
              "city",
              "channel",
              "is_bot",
              "is_new_user")) {
        names.put(unset, new Unset(unset));
      }
      return Map.copyOf(names);
    }
  }
}
