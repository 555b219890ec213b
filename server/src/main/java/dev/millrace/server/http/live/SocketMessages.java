package dev.millrace.server.http.live;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.millrace.server.http.ErrorMapper;
import dev.millrace.server.http.HttpErrors;
import dev.millrace.server.live.feed.Update;
import dev.millrace.v1.Announcement;
import dev.millrace.v1.Delta;
import dev.millrace.v1.Event;
import dev.millrace.v1.SubscribeResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What the server says on a WebSocket: a JSON object with {@code type}, the {@code id} of the
 * subscription, {@code position} and {@code timestamp}, and the members of the message that gRPC
 * would send.
 */
final class SocketMessages {
  /** Everything but type and id, which all subscribers of a question share. */
  private static final Update.Form<String> REST =
      new Update.Form<>(String.class, message -> rest(LiveJson.of(message)));

  private SocketMessages() {}

  /** An update of a subscription. */
  static String update(String id, Update update) {
    String type = update.message().hasSnapshot() ? "snapshot" : "metric_update";
    return start(update.message().hasHeartbeat() ? "heartbeat" : type, id) + update.as(REST);
  }

  /** Says that nothing has changed since the position that a subscription resumed from. */
  static String unchanged(String id, Update update) {
    SubscribeResponse message =
        update.message().toBuilder().setDelta(Delta.getDefaultInstance()).build();
    return start("metric_update", id) + rest(LiveJson.of(message));
  }

  /**
   * An event.
   *
   * @param position resumes after the event, or before it where others of the same moment follow
   */
  static String event(String id, String position, Event event) {
    return start("event", id)
        + rest("{\"position\":" + quoted(position) + ",\"event\":" + LiveJson.of(event) + "}");
  }

  static String announcement(Announcement announcement) {
    return start("announcement", "") + rest("{\"announcement\":" + LiveJson.of(announcement) + "}");
  }

  static String error(String id, RuntimeException error) {
    String body = HttpErrors.body(ErrorMapper.toStatus(error)).strip();
    return start("error", id) + rest("{\"error\":" + body + "}");
  }

  static String ping() {
    return start("ping", "") + rest("{}");
  }

  static String pong() {
    return start("pong", "") + rest("{}");
  }

  private static String start(String type, String id) {
    return "{\"type\":\"" + type + (id.isEmpty() ? "\"" : "\",\"id\":" + quoted(id));
  }

  private static String rest(String json) {
    String timestamp = ",\"timestamp\":\"" + Instant.now().truncatedTo(ChronoUnit.MICROS) + "\"";
    return timestamp + (json.equals("{}") ? "}" : "," + json.substring(1));
  }

  private static String quoted(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }
}
