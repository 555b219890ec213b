package dev.millrace.server.event;

/**
 * A piece of a batch's byte heap, packed into a long so that columns of texts are plain {@code
 * long[]}: the offset in the upper half, the length in the lower.
 */
public final class Slice {
  /** No text at all, as opposed to an empty one. */
  public static final long ABSENT = -1L;

  private Slice() {}

  public static long of(int offset, int length) {
    return ((long) offset << 32) | length;
  }

  public static int offset(long slice) {
    return (int) (slice >>> 32);
  }

  public static int length(long slice) {
    return (int) slice;
  }
}
