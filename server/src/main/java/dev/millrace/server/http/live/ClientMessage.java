package dev.millrace.server.http.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.http.json.StrictJson;
import dev.millrace.v1.Query;
import dev.millrace.v1.SubscribeRequest;
import dev.millrace.v1.TailEventsRequest;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client says on a WebSocket. */
sealed interface ClientMessage {
  /** Watch a query or a channel. */
  record Subscribe(String id, SubscribeRequest request) implements ClientMessage {}

  /** Follow events. */
  record Tail(String id, TailEventsRequest request) implements ClientMessage {}

  /** No more of what an id names. */
  record Unsubscribe(String id) implements ClientMessage {}

  /** Are you there? */
  record Ping() implements ClientMessage {}

  /** I am here. */
  record Pong() implements ClientMessage {}

  /** A message that can't be understood, with as much of its id as can. */
  record Broken(String id, ApiException.InvalidArgument error) implements ClientMessage {}

  /** Of an id. */
  int ID_CHARACTERS_MAX = 128;

  /** What a subscription can be to. */
  List<String> SUBJECTS = List.of("query", "events", "channel");

  /** What it will be to. */
  Set<String> SUBJECTS_TO_COME =
      Set.of("funnel", "retention", "experiment", "sessions", "paths", "dashboard", "alerts");

  /** Reads a message. */
  static ClientMessage parse(String text) {
    JsonNode json;
    try {
      json = StrictJson.parse(text.getBytes(StandardCharsets.UTF_8), "", "the message");
    } catch (ApiException.InvalidArgument e) {
      return new Broken("", e);
    }
    String id = json.path("id").asText("");
    try {
      return new Reader(json).message();
    } catch (ApiException.InvalidArgument e) {
      return new Broken(id.length() > ID_CHARACTERS_MAX ? "" : id, e);
    }
  }

  /** The members of a message. */
  final class Reader {
    private final JsonNode json;

    private Reader(JsonNode json) {
      this.json = json;
    }

    private ClientMessage message() {
      if (!json.isObject()) {
        throw invalid("", "a message must be a JSON object");
      }
      String type = text("type");
      return switch (type) {
        case "subscribe" -> subscribe();
        case "unsubscribe" -> {
          allow(List.of("type", "id"));
          yield new Unsubscribe(id());
        }
        case "ping" -> new Ping();
        case "pong" -> new Pong();
        default ->
            throw invalid(
                "type", "must be subscribe, unsubscribe, ping or pong, found '" + type + "'");
      };
    }

    private ClientMessage subscribe() {
      String id = id();
      for (String subject : SUBJECTS_TO_COME) {
        if (json.has(subject)) {
          throw invalid(
              subject, "isn't served live by this version; it serves query, events and channel");
        }
      }
      List<String> subjects = SUBJECTS.stream().filter(json::has).toList();
      if (subjects.size() != 1) {
        throw invalid(
            subjects.isEmpty() ? "query" : subjects.getLast(),
            "a subscription is to one of query, events and channel");
      }
      return subjects.getFirst().equals("events") ? tail(id) : query(id);
    }

    private ClientMessage query(String id) {
      allow(
          List.of(
              "type",
              "id",
              "project",
              "query",
              "channel",
              "minInterval",
              "heartbeatInterval",
              "resumePosition"));
      SubscribeRequest.Builder request =
          SubscribeRequest.newBuilder()
              .setProject(text("project"))
              .setChannel(text("channel"))
              .setResumePosition(text("resumePosition"));
      if (json.has("query")) {
        request.setQuery(StrictJson.message(json.path("query"), "query", Query.newBuilder()));
      }
      Duration interval = duration("minInterval");
      if (interval != null) {
        request.setMinInterval(interval);
      }
      Duration heartbeat = duration("heartbeatInterval");
      if (heartbeat != null) {
        request.setHeartbeatInterval(heartbeat);
      }
      return new Subscribe(id, request.build());
    }

    private ClientMessage tail(String id) {
      allow(List.of("type", "id", "project", "events", "resumePosition"));
      JsonNode events = json.path("events");
      if (!events.isObject()) {
        throw invalid("events", "must be an object, such as {\"where\":\"value > 10\"}");
      }
      for (Map.Entry<String, JsonNode> member : events.properties()) {
        if (!member.getKey().equals("where") || !member.getValue().isTextual()) {
          throw invalid(
              "events." + member.getKey(), "unknown field; allowed is where, which is a text");
        }
      }
      return new Tail(
          id,
          TailEventsRequest.newBuilder()
              .setProject(text("project"))
              .setWhere(events.path("where").asText(""))
              .setResumePosition(text("resumePosition"))
              .build());
    }

    private String id() {
      JsonNode id = json.path("id");
      String text = id.isIntegralNumber() ? id.asText() : text("id");
      if (text.isEmpty() || text.length() > ID_CHARACTERS_MAX) {
        throw invalid("id", "must have 1 to %d characters".formatted(ID_CHARACTERS_MAX));
      }
      return text;
    }

    private String text(String field) {
      JsonNode value = json.path(field);
      if (value.isMissingNode() || value.isNull()) {
        return "";
      }
      if (!value.isTextual()) {
        throw invalid(field, "must be a text");
      }
      return value.asText();
    }

    private @Nullable Duration duration(String field) {
      String text = text(field);
      try {
        return text.isEmpty() ? null : Durations.parse(text);
      } catch (ParseException e) {
        throw invalid(field, "must be a duration in seconds such as 15s, found " + text);
      }
    }

    private void allow(List<String> fields) {
      json.fieldNames()
          .forEachRemaining(
              field -> {
                if (!fields.contains(field)) {
                  throw invalid(field, "unknown field; allowed are " + String.join(", ", fields));
                }
              });
    }

    private static ApiException.InvalidArgument invalid(String field, String description) {
      return new ApiException.InvalidArgument(field, description);
    }
  }
}
