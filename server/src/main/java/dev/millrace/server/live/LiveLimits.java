package dev.millrace.server.live;

/**
 * What subscriptions may take.
 *
 * @param queriesMax different questions kept up to date at once
 * @param evaluators threads that evaluate them, each one question at a time
 */
public record LiveLimits(int queriesMax, int evaluators) {}
