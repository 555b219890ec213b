package dev.millrace.server.live;

import dev.millrace.server.error.ApiException;
import dev.millrace.v1.TailEventsResponse;

/** Where a stream of events goes. Used by one thread at a time, except for {@link #ready}. */
public interface TailSink {
  /** Whether a message would be sent at once rather than queued. */
  boolean ready();

  /** Sends a message; without events it is a sign of life. */
  void send(TailEventsResponse message);

  /** Ends the stream because the server stops; the reader may resume elsewhere. */
  void stop(ApiException.Unavailable reason);

  /** Ends the stream because of an error. */
  void fail(RuntimeException error);
}
