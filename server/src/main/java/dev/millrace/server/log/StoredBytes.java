package dev.millrace.server.log;

/**
 * A dictionary whose values can be had as they are stored: a text in UTF-8, a list in the form of
 * {@link dev.millrace.server.event.ListCodec}. What writes stored events anew copies values through
 * it, so that equal values stay equal to the byte.
 */
public interface StoredBytes extends Dictionary {
  /** The length in bytes of a stored value. */
  int storedLength(int code);

  /** Copies a stored value of {@link #storedLength} bytes. */
  void copyStored(int code, byte[] target, int at);
}
