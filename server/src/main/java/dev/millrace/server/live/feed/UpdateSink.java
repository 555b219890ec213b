package dev.millrace.server.live.feed;

import dev.millrace.server.error.ApiException;
import dev.millrace.v1.Announcement;

/**
 * Where the updates of a subscription go. Used on the thread of its lane only, except for {@link
 * #ready}.
 */
public interface UpdateSink {
  /** Whether a message would be sent at once rather than queued. */
  boolean ready();

  /** Sends an update. */
  void send(Update update);

  /** Sends a message to people. */
  void announce(Announcement announcement);

  /** Ends the subscription because the server stops; the reader may resume elsewhere. */
  void stop(ApiException.Unavailable reason);

  /** Ends the subscription because of an error. */
  void fail(RuntimeException error);
}
