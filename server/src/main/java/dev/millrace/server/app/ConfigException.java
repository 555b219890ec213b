package dev.millrace.server.app;

import java.util.List;

/**
 * The settings aren't as they must be. Each problem is one line for the person who starts the
 * server.
 */
final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient List<String> problems;

  ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  ConfigException(String problem) {
    this(List.of(problem));
  }

  List<String> problems() {
    return problems;
  }
}
