package dev.millrace.server.log;

/**
 * A dictionary in order: the codes of texts come before those of lists, and ascend as the texts do
 * by their UTF-8 bytes, which is the order of code points. So tests of equality, range or prefix
 * are tests of codes. May be used by several threads at once.
 */
public interface SortedDictionary extends Dictionary {
  /** The number of texts; their codes are 0 to texts - 1. */
  int texts();

  /** The number of texts that come before this one, which is its code if it is there. */
  int lowerBound(String text);

  /** The code of a text, or -1 if it isn't there. */
  int find(String text);
}
