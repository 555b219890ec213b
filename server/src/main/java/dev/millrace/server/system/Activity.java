package dev.millrace.server.system;

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
 */
public record Activity(
    long accepted,
    long duplicates,
    long rejected,
    long connections,
    long subscriptions,
    long messagesSent,
    long queries) {}
