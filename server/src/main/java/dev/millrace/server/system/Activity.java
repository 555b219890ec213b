package dev.millrace.server.system;

import java.time.Duration;

/**
 * What the server has done since it started.
 *
 * @param accepted events stored
 * @param duplicates events that had been stored before
 * @param rejected events that broke a rule
 * @param connections connections open now
 * @param subscriptions live streams open now
 * @param messagesSent messages sent on live streams
 * @param queries queries run
 * @param liveQueries different questions kept up to date for subscriptions
 * @param conflated states of such questions that slow readers never had
 * @param deliveryP50 the median time from a commit to a subscriber's transport
 * @param deliveryP99 the 99th percentile of it
 */
public record Activity(
    long accepted,
    long duplicates,
    long rejected,
    long connections,
    long subscriptions,
    long messagesSent,
    long queries,
    long liveQueries,
    long conflated,
    Duration deliveryP50,
    Duration deliveryP99) {}
