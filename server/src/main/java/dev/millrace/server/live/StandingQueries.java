package dev.millrace.server.live;

import dev.millrace.server.live.feed.StandingQuery;
import dev.millrace.v1.Query;

/** The part of the query language that subscriptions need. Thread-safe. */
@FunctionalInterface
public interface StandingQueries {
  /**
   * Understands a question.
   *
   * @throws dev.millrace.server.error.ApiException.InvalidArgument if it isn't one, naming the
   *     field below {@code query}
   */
  StandingQuery open(String project, Query query);
}
