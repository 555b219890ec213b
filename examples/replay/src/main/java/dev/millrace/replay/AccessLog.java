package dev.millrace.replay;

import dev.millrace.client.Event;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A web server's access log in the common or the combined form: the method is the type, the
 * client's address the user, the bytes sent the value. A line that is cut off in a quoted part is
 * taken as far as it goes.
 */
final class AccessLog implements Format {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);

  @Override
  public boolean hasHeader() {
    return false;
  }

  @Override
  public Line read(String line) {
    Parts parts = new Parts(line);
    String client = parts.word();
    String identity = parts.word();
    String user = parts.word();
    String time = parts.between('[', ']');
    String request = parts.between('"', '"');
    String status = parts.word();
    String bytes = parts.word();
    String referrer = parts.atEnd() ? "-" : parts.between('"', '"');
    String agent = parts.atEnd() ? "-" : parts.between('"', '"');

    int pathStart = request.indexOf(' ');
    Event.Builder event =
        Event.builder(pathStart < 0 ? request : request.substring(0, pathStart))
            .userId(client)
            .ip(client)
            .source("access_log")
            .property("status", Integer.parseInt(status));
    if (pathStart >= 0) {
      int pathEnd = request.lastIndexOf(' ');
      event.property(
          "path",
          request.substring(pathStart + 1, pathEnd > pathStart ? pathEnd : request.length()));
      if (pathEnd > pathStart) {
        event.property("protocol", request.substring(pathEnd + 1));
      }
    }
    if (!bytes.equals("-")) {
      event.value(Double.parseDouble(bytes));
    }
    event.property("identity", known(identity)).property("remoteUser", known(user));
    if (!referrer.equals("-")) {
      event.referrer(referrer).property("referrer", referrer);
    }
    if (!agent.equals("-")) {
      event.userAgent(agent).property("userAgent", agent);
    }
    return new Line(OffsetDateTime.parse(time, TIME).toInstant(), event);
  }

  private static @org.jspecify.annotations.Nullable String known(String part) {
    return part.equals("-") ? null : part;
  }

  /** The parts of a line from left to right. */
  private static final class Parts {
    private final String line;
    private int at;

    Parts(String line) {
      this.line = line;
    }

    boolean atEnd() {
      skipBlanks();
      return at >= line.length();
    }

    String word() {
      skipBlanks();
      int start = at;
      while (at < line.length() && line.charAt(at) != ' ') {
        at++;
      }
      if (at == start) {
        throw new IllegalArgumentException("the line ends too early");
      }
      return line.substring(start, at);
    }

    /**
     * A part in quotes or brackets; within it, a backslash takes the meaning of the next character.
     */
    String between(char open, char close) {
      skipBlanks();
      if (at >= line.length() || line.charAt(at) != open) {
        throw new IllegalArgumentException("expected " + open + " at column " + at);
      }
      int start = ++at;
      while (at < line.length() && line.charAt(at) != close) {
        at += line.charAt(at) == '\\' ? 2 : 1;
      }
      int end = Math.min(at, line.length());
      at = end + 1;
      return line.substring(start, end);
    }

    private void skipBlanks() {
      while (at < line.length() && line.charAt(at) == ' ') {
        at++;
      }
    }
  }
}
