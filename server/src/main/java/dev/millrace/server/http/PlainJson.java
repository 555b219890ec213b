package dev.millrace.server.http;

/** JSON for people to read in a terminal. */
public final class PlainJson {
  private PlainJson() {}

  /**
   * Undoes those escapes that protobuf's printer makes for JSON within HTML, where ours never is:
   * {@code \}{@code u0027} and the like.
   */
  public static String of(String json) {
    int escape = json.indexOf("\\u00");
    if (escape < 0) {
      return json;
    }
    StringBuilder plain = new StringBuilder(json.length());
    int from = 0;
    for (int i = json.indexOf('\\'); i >= 0; i = json.indexOf('\\', from)) {
      plain.append(json, from, i);
      char meant = json.startsWith("u00", i + 1) ? meant(json.substring(i + 4, i + 6)) : 0;
      if (meant == 0) {
        plain.append(json, i, i + 2);
        from = i + 2;
      } else {
        plain.append(meant);
        from = i + 6;
      }
    }
    return plain.append(json, from, json.length()).toString();
  }

  private static char meant(String digits) {
    return switch (digits) {
      case "26" -> '&';
      case "27" -> '\'';
      case "3c" -> '<';
      case "3d" -> '=';
      case "3e" -> '>';
      default -> 0;
    };
  }
}
