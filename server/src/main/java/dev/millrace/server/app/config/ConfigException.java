package dev.millrace.server.app.config;

import java.util.List;

/**
 * The settings aren't as they must be. Each problem is one line for the person who starts the
 * server.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient List<String> problems;

  ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public ConfigException(String problem) {
    this(List.of(problem));
  }

  /** What is wrong, each in one line. */
  public List<String> problems() {
    return problems;
  }
}
