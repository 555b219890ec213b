package dev.millrace.server.event;

import java.util.ArrayList;
import java.util.List;

/**
 * The written form of a place within nested properties: keys joined by dots, with a backslash
 * before a dot or a backslash that belongs to a key. {@code {"geo":{"lat":1}}} has the path {@code
 * geo.lat}, and {@code {"geo.lat":1}} the path {@code geo\.lat}.
 */
public final class PropertyPath {
  private PropertyPath() {}

  /** The path of a key below a parent path; an empty parent is the root. */
  public static String child(String parent, String key) {
    String escaped =
        key.indexOf('.') < 0 && key.indexOf('\\') < 0
            ? key
            : key.replace("\\", "\\\\").replace(".", "\\.");
    return parent.isEmpty() ? escaped : parent + "." + escaped;
  }

  /** The keys of a path. */
  public static List<String> keys(String path) {
    List<String> keys = new ArrayList<>();
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '\\' && i + 1 < path.length()) {
        key.append(path.charAt(++i));
      } else if (c == '.') {
        keys.add(key.toString());
        key.setLength(0);
      } else {
        key.append(c);
      }
    }
    keys.add(key.toString());
    return keys;
  }
}
