package dev.millrace.server.event.json;

import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.Slice;
import dev.millrace.server.event.TagList;
import dev.millrace.server.event.TextField;
import java.util.Map;

/** Reads events in the contract's own JSON form into rows of a batch. */
final class EventJsonReader {
  private static final Map<String, TextField> TEXTS =
      Map.ofEntries(
          Map.entry("eventId", TextField.EVENT_ID),
          Map.entry("event_id", TextField.EVENT_ID),
          Map.entry("type", TextField.TYPE),
          Map.entry("userId", TextField.USER_ID),
          Map.entry("user_id", TextField.USER_ID),
          Map.entry("sessionId", TextField.SESSION_ID),
          Map.entry("session_id", TextField.SESSION_ID),
          Map.entry("source", TextField.SOURCE));

  private static final Map<String, TextField> CONTEXT_TEXTS =
      Map.of(
          "ip", TextField.IP,
          "userAgent", TextField.USER_AGENT,
          "user_agent", TextField.USER_AGENT,
          "referrer", TextField.REFERRER,
          "locale", TextField.LOCALE);

  private final JsonInput input;
  private final EventBatch batch;
  private final PropertyReader properties;
  private final TagList tags;

  EventJsonReader(JsonInput input, EventBatch batch, EventLimits limits) {
    this.input = input;
    this.batch = batch;
    this.properties = new PropertyReader(input, batch, limits);
    this.tags = new TagList(limits);
  }

  /** Reads the object at the current token. */
  void read(int row) {
    properties.begin(row);
    while (input.next() != JsonToken.END_OBJECT) {
      String name = input.name();
      JsonToken value = input.next();
      try {
        if (value == JsonToken.VALUE_NULL) {
          unset(name, row);
        } else {
          member(name, row);
        }
      } catch (BrokenEvent e) {
        throw e.within(name);
      }
    }
  }

  private void member(String name, int row) {
    TextField field = TEXTS.get(name);
    if (field != null) {
      JsonTexts.set(batch, field, row, text());
      return;
    }
    switch (name) {
      case "time" -> batch.time(row, Rfc3339.parse(text()));
      case "value" -> batch.value(row, value());
      case "properties" -> {
        expect(JsonToken.START_OBJECT, "an object");
        batch.forget(EventBatch.rootPath(), row);
        properties.begin(row);
        properties.properties();
      }
      case "tags" -> tags(row);
      case "context" -> context(row);
      // Set by the server, and sent along by whoever sends back what was read.
      case "sequence", "receivedTime", "received_time" -> input.skipChildren();
      default -> throw unknown();
    }
  }

  private void unset(String name, int row) {
    TextField field = TEXTS.get(name);
    if (field != null) {
      batch.text(field, row, Slice.ABSENT);
      return;
    }
    switch (name) {
      case "time" -> batch.time(row, EventBatch.NO_TIME);
      case "value" -> batch.value(row, Double.NaN);
      case "properties" -> batch.forget(EventBatch.rootPath(), row);
      case "tags" -> batch.tags(row, Slice.ABSENT);
      case "context", "sequence", "receivedTime", "received_time" -> {}
      default -> throw unknown();
    }
  }

  private void context(int row) {
    expect(JsonToken.START_OBJECT, "an object");
    while (input.next() != JsonToken.END_OBJECT) {
      String name = input.name();
      JsonToken token = input.next();
      try {
        TextField field = CONTEXT_TEXTS.get(name);
        if (field == null) {
          throw unknown();
        }
        if (token != JsonToken.VALUE_NULL) {
          JsonTexts.set(batch, field, row, text());
        }
      } catch (BrokenEvent e) {
        throw e.within(name);
      }
    }
  }

  private void tags(int row) {
    expect(JsonToken.START_ARRAY, "an array of texts");
    tags.clear();
    int index = 0;
    while (input.next() != JsonToken.END_ARRAY) {
      byte[] tag;
      try {
        tag = JsonTexts.encode(text());
      } catch (BrokenEvent e) {
        throw e.within("[" + index + "]");
      }
      tags.add(tag, 0, tag.length);
      index++;
    }
    tags.store(batch, row);
  }

  private double value() {
    JsonToken token = input.parser().currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
      return input.number();
    }
    if (token != JsonToken.VALUE_STRING) {
      throw input.mismatch("a number");
    }
    // proto3 JSON lets numbers come as texts.
    String text = input.text();
    try {
      return EventLimits.checkNumber(JsonNumbers.parseDouble(text));
    } catch (NumberFormatException e) {
      throw input.mismatch("a number");
    }
  }

  private String text() {
    expect(JsonToken.VALUE_STRING, "a text");
    return input.text();
  }

  private void expect(JsonToken token, String what) {
    if (input.parser().currentToken() != token) {
      throw input.mismatch(what);
    }
  }

  private static BrokenEvent unknown() {
    return new BrokenEvent(RejectReason.MALFORMED, "", "no such field");
  }
}
