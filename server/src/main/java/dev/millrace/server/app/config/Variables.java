package dev.millrace.server.app.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts environment variables into texts: {@code ${NAME}}, or {@code ${NAME:default}}. */
final class Variables {
  private static final Pattern REFERENCE =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:([^}]*))?}");

  private Variables() {}

  /**
   * @throws IllegalArgumentException if a variable isn't set and no default is given
   */
  static String expand(String text, Map<String, String> environment) {
    Matcher reference = REFERENCE.matcher(text);
    StringBuilder expanded = new StringBuilder();
    while (reference.find()) {
      String value = environment.get(reference.group(1));
      if (value == null || value.isEmpty()) {
        value = reference.group(3);
      }
      if (value == null) {
        throw new IllegalArgumentException(
            "the variable %s isn't set, and there is no default: ${%s:default}"
                .formatted(reference.group(1), reference.group(1)));
      }
      reference.appendReplacement(expanded, Matcher.quoteReplacement(value));
    }
    return reference.appendTail(expanded).toString();
  }
}
