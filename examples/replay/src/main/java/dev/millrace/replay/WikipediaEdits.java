package dev.millrace.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.client.Event;
import java.time.Instant;
import java.util.Map;

/**
 * Edits of Wikipedia, a JSON object a line: the channel (such as {@code #en.wikipedia}) is the
 * type, the bytes added are the value, all else becomes properties under its own name.
 */
final class WikipediaEdits implements Format {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public boolean hasHeader() {
    return false;
  }

  @Override
  public Line read(String line) {
    try {
      JsonNode edit = JSON.readTree(line);
      Event.Builder event =
          Event.builder(edit.required("channel").textValue())
              .userId(edit.required("user").textValue())
              .value(edit.required("added").doubleValue())
              .source("wikipedia");
      for (Map.Entry<String, JsonNode> field : edit.properties()) {
        switch (field.getKey()) {
          case "time", "channel", "user", "added" -> {}
          default -> put(event, field.getKey(), field.getValue());
        }
      }
      return new Line(Instant.parse(edit.required("time").textValue()), event);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static void put(Event.Builder event, String name, JsonNode value) {
    switch (value.getNodeType()) {
      case STRING -> event.property(name, value.textValue());
      case NUMBER -> event.property(name, value.doubleValue());
      case BOOLEAN -> event.property(name, value.booleanValue());
      default -> {}
    }
  }
}
