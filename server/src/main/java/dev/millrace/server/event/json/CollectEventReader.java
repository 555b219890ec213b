package dev.millrace.server.event.json;

import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.TagList;
import dev.millrace.server.event.TextField;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads events in the forms of {@link CollectDecoder} into rows of a batch. */
final class CollectEventReader {
  /** The names of the type, the one that counts most first. */
  private static final List<String> TYPES =
      List.of("type", "eventType", "event_type", "eventName", "event_name", "event", "action");

  private static final Map<String, TextField> TEXTS =
      Map.ofEntries(
          Map.entry("eventId", TextField.EVENT_ID),
          Map.entry("event_id", TextField.EVENT_ID),
          Map.entry("messageId", TextField.EVENT_ID),
          Map.entry("message_id", TextField.EVENT_ID),
          Map.entry("id", TextField.EVENT_ID),
          Map.entry("userId", TextField.USER_ID),
          Map.entry("user_id", TextField.USER_ID),
          Map.entry("uid", TextField.USER_ID),
          Map.entry("user", TextField.USER_ID),
          Map.entry("sessionId", TextField.SESSION_ID),
          Map.entry("session_id", TextField.SESSION_ID),
          Map.entry("session", TextField.SESSION_ID),
          Map.entry("source", TextField.SOURCE));

  private static final Map<String, TextField> CONTEXT_TEXTS =
      Map.ofEntries(
          Map.entry("ip", TextField.IP),
          Map.entry("ipAddress", TextField.IP),
          Map.entry("ip_address", TextField.IP),
          Map.entry("userAgent", TextField.USER_AGENT),
          Map.entry("user_agent", TextField.USER_AGENT),
          Map.entry("referrer", TextField.REFERRER),
          Map.entry("referer", TextField.REFERRER),
          Map.entry("locale", TextField.LOCALE));

  private final JsonInput input;
  private final EventBatch batch;
  private final PropertyReader properties;
  private final TagList tags;
  private final @Nullable String[] types = new @Nullable String[TYPES.size()];
  private double amount;

  CollectEventReader(JsonInput input, EventBatch batch, EventLimits limits) {
    this.input = input;
    this.batch = batch;
    this.properties = new PropertyReader(input, batch, limits);
    this.tags = new TagList(limits);
  }

  /** Reads the object at the current token. */
  void read(int row) {
    properties.begin(row);
    Arrays.fill(types, null);
    amount = Double.NaN;
    while (input.next() != JsonToken.END_OBJECT) {
      String name = input.name();
      if (input.next() == JsonToken.VALUE_NULL) {
        continue;
      }
      if (!known(name, row)) {
        properties.property(name);
      }
    }
    if (Double.isNaN(batch.value(row))) {
      batch.value(row, amount);
    }
    type(row);
  }

  /**
   * Reads the value at the current token if it is a field of events, and not just named like one.
   */
  private boolean known(String name, int row) {
    try {
      int type = TYPES.indexOf(name);
      if (type >= 0) {
        return candidate(type);
      }
      TextField field = TEXTS.get(name);
      if (field == null) {
        field = CONTEXT_TEXTS.get(name);
      }
      if (field != null) {
        return text(field, row);
      }
      return other(name, row);
    } catch (BrokenEvent e) {
      throw e.within(name);
    }
  }

  private boolean other(String name, int row) {
    JsonToken token = input.parser().currentToken();
    switch (name) {
      case "time",
          "timestamp",
          "ts",
          "eventTime",
          "event_time",
          "occurredAt",
          "occurred_at",
          "createdAt",
          "created_at" ->
          batch.time(row, CollectTime.micros(input));
      case "value" -> {
        if (!token.isNumeric()) {
          return false;
        }
        batch.value(row, input.number());
      }
      case "amount" -> {
        if (token.isNumeric()) {
          amount = input.number();
        }
        return false;
      }
      case "tags" -> {
        return tags(row, token);
      }
      case "context" -> {
        return token == JsonToken.START_OBJECT && context(row);
      }
      case "properties", "props", "values", "metadata" -> {
        if (token != JsonToken.START_OBJECT) {
          return false;
        }
        properties.properties();
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean candidate(int name) {
    if (!input.parser().currentToken().isScalarValue()) {
      return false;
    }
    types[name] = input.text();
    return true;
  }

  /** Chooses the type; the other candidates become properties. */
  private void type(int row) {
    boolean chosen = false;
    for (int i = 0; i < types.length; i++) {
      String candidate = types[i];
      if (candidate == null || candidate.isEmpty()) {
        continue;
      }
      String name = TYPES.get(i);
      if (chosen) {
        properties.textProperty(name, candidate);
        continue;
      }
      chosen = true;
      try {
        JsonTexts.set(batch, TextField.TYPE, row, canonical(candidate));
      } catch (BrokenEvent e) {
        throw e.within(name);
      }
    }
  }

  private static String canonical(String type) {
    boolean pageView =
        type.equalsIgnoreCase("pageview")
            || type.equalsIgnoreCase("page-view")
            || type.equalsIgnoreCase("page view");
    return pageView ? "page_view" : type;
  }

  private boolean text(TextField field, int row) {
    if (!input.parser().currentToken().isScalarValue()) {
      return false;
    }
    JsonTexts.set(batch, field, row, input.text());
    return true;
  }

  private boolean tags(int row, JsonToken token) {
    tags.clear();
    if (token.isScalarValue()) {
      addTag();
    } else if (token == JsonToken.START_ARRAY) {
      int index = 0;
      while (input.next() != JsonToken.END_ARRAY) {
        if (!input.parser().currentToken().isScalarValue()) {
          throw input.mismatch("a text").within("[" + index + "]");
        }
        addTag();
        index++;
      }
    } else {
      return false;
    }
    tags.store(batch, row);
    return true;
  }

  private void addTag() {
    byte[] tag = JsonTexts.encode(input.text());
    tags.add(tag, 0, tag.length);
  }

  private boolean context(int row) {
    while (input.next() != JsonToken.END_OBJECT) {
      String name = input.name();
      if (input.next() == JsonToken.VALUE_NULL) {
        continue;
      }
      TextField field = CONTEXT_TEXTS.get(name);
      try {
        if (field != null && text(field, row)) {
          continue;
        }
      } catch (BrokenEvent e) {
        throw e.within(name);
      }
      properties.propertyOf("context", name);
    }
    return true;
  }
}
