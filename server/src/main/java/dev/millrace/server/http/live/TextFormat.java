package dev.millrace.server.http.live;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import dev.millrace.server.live.feed.Update;
import dev.millrace.v1.Announcement;
import dev.millrace.v1.SubscribeResponse;
import dev.millrace.v1.TailEventsResponse;
import java.util.Locale;

/** A form in which a stream of messages is sent as text. */
enum TextFormat {
  /** The format of {@code EventSource}: each message with its kind and its position as id. */
  SERVER_SENT_EVENTS(MediaType.EVENT_STREAM) {
    @Override
    String update(SubscribeResponse message) {
      String kind = message.getUpdateCase().name().toLowerCase(Locale.ROOT);
      return event(kind, message.getPosition(), LiveJson.of(message));
    }

    @Override
    String events(TailEventsResponse message) {
      if (message.hasAnnouncement()) {
        return announcement(message.getAnnouncement());
      }
      String id = "id: " + message.getPosition() + "\n";
      return message.getEventsCount() == 0
          ? ": heartbeat\n" + id + "\n"
          : id + "data: " + LiveJson.of(message) + "\n\n";
    }

    @Override
    String announcement(Announcement announcement) {
      return event("announcement", "", LiveJson.of(announcement));
    }

    @Override
    String stopping(String error) {
      // A browser comes back by itself after that many milliseconds.
      return "retry: 1000\n: the server is stopping\n\n";
    }

    @Override
    String failure(String error) {
      return event("error", "", error);
    }

    private static String event(String kind, String id, String data) {
      return "event: " + kind + (id.isEmpty() ? "" : "\nid: " + id) + "\ndata: " + data + "\n\n";
    }
  },

  /** A JSON object a line. */
  LINES(MediaType.parse("application/x-ndjson")) {
    @Override
    String update(SubscribeResponse message) {
      return LiveJson.of(message) + "\n";
    }

    @Override
    String events(TailEventsResponse message) {
      return LiveJson.of(message) + "\n";
    }

    @Override
    String announcement(Announcement announcement) {
      return "{\"announcement\":" + LiveJson.of(announcement) + "}\n";
    }

    @Override
    String stopping(String error) {
      return failure(error);
    }

    @Override
    String failure(String error) {
      return "{\"error\":" + error + "}\n";
    }
  };

  private final MediaType type;
  private final Update.Form<HttpData> form =
      new Update.Form<>(HttpData.class, message -> HttpData.ofUtf8(update(message)));

  TextFormat(MediaType type) {
    this.type = type;
  }

  MediaType type() {
    return type;
  }

  /** An update in this format, made once for all who get the same. */
  HttpData data(Update update) {
    return update.as(form);
  }

  abstract String update(SubscribeResponse message);

  abstract String events(TailEventsResponse message);

  abstract String announcement(Announcement announcement);

  /** What comes last when the server stops. */
  abstract String stopping(String error);

  /** What comes last after an error. */
  abstract String failure(String error);

  /** The format that a request accepts. */
  static TextFormat of(RequestHeaders headers) {
    String accept = headers.get(HttpHeaderNames.ACCEPT, "");
    return accept.contains("ndjson") ? LINES : SERVER_SENT_EVENTS;
  }
}
