package dev.millrace.server.log.format.v1;

/**
 * Arrays that the columns of a block use one after the other, so that they stay in the processor's
 * cache.
 */
final class Scratch {
  private static final int INITIAL = 1024;

  private long[] texts = new long[INITIAL];
  private long[] lists = new long[INITIAL];
  private long[] integers = new long[INITIAL];

  /** At least so long; what is in it is undefined. */
  long[] texts(int length) {
    if (texts.length < length) {
      texts = new long[Math.max(length, texts.length * 2)];
    }
    return texts;
  }

  /** Like {@link #texts}, another one. */
  long[] lists(int length) {
    if (lists.length < length) {
      lists = new long[Math.max(length, lists.length * 2)];
    }
    return lists;
  }

  /** Like {@link #texts}, another one. */
  long[] integers(int length) {
    if (integers.length < length) {
      integers = new long[Math.max(length, integers.length * 2)];
    }
    return integers;
  }
}
