package dev.millrace.server.app.config;

/**
 * The text of a setting and where it came from.
 *
 * @param origin such as {@code millrace.yaml line 3}, {@code the variable MILLRACE_SHARDS}
 */
public record Sourced(String text, String origin) {}
