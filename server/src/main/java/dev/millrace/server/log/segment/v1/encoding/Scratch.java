package dev.millrace.server.log.segment.v1.encoding;

/**
 * An array that decoding uses in passing, so that it isn't made anew for each column. Confined to
 * one thread.
 */
public final class Scratch {
  private int[] ints = {};

  /** At least so long; what is in it is undefined. */
  int[] ints(int length) {
    if (ints.length < length) {
      ints = new int[length];
    }
    return ints;
  }
}
