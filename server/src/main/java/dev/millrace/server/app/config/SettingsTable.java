package dev.millrace.server.app.config;

/** The settings as documentation. */
public final class SettingsTable {
  private SettingsTable() {}

  /** A table for the README. */
  public static String markdown() {
    StringBuilder table =
        new StringBuilder("| setting | default | variable | meaning |\n|---|---|---|---|\n");
    for (Setting setting : Setting.values()) {
      String initial = setting.initial().isEmpty() ? "" : "`" + setting.initial() + "`";
      table.append(
          "| `%s` | %s | `%s` | %s Must be %s. |\n"
              .formatted(
                  setting.path(),
                  initial,
                  setting.variable(),
                  setting.description(),
                  setting.type().allowed()));
    }
    table.append(
        "| `keys` | | | API keys: a list of `name`, `key` or `keyHash` (SHA-256, hexadecimal),"
            + " `permissions` (among write, read, admin) and, if bound to one, `project`. In the"
            + " file only; keep the key itself out of it with `${VARIABLE}`. |\n");
    return table.toString();
  }

  /** For the terminal. */
  public static String text() {
    StringBuilder text = new StringBuilder();
    for (Setting setting : Setting.values()) {
      text.append(
          "%s (%s)%n  %s%n  Must be %s; by default %s.%n"
              .formatted(
                  setting.path(),
                  setting.variable(),
                  setting.description(),
                  setting.type().allowed(),
                  setting.initial().isEmpty() ? "empty" : setting.initial()));
    }
    return text.append(
            "keys (in the file only)%n  API keys: name, key or keyHash, permissions, project.%n"
                .formatted())
        .toString();
  }
}
