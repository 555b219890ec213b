package dev.millrace.server.query.expression;

/** The order of texts: by code point, which is that of their UTF-8 bytes. */
public final class CodePoints {
  private CodePoints() {}

  /**
   * Compares two texts; differs from {@link String#compareTo} where surrogates meet U+E000 and
   * above.
   */
  public static int compare(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean surrogateA = Character.isSurrogate(a);
        boolean surrogateB = Character.isSurrogate(b);
        return surrogateA == surrogateB ? Character.compare(a, b) : surrogateA ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
