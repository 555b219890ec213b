package dev.millrace.server.event;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of lists: the protobuf wire format of {@code google.protobuf.ListValue}, which is
 * what clients send, so that lists are kept as they come. Objects' members are sorted by key when a
 * list is encoded here.
 *
 * <p>In memory a list holds {@code null}, {@link Boolean}, {@link Double}, {@link String}, {@link
 * List} and {@link Map} (of String to these).
 */
public final class ListCodec {
  private ListCodec() {}

  /** Encodes a list. */
  public static byte[] encode(List<? extends @Nullable Object> list) {
    throw new UnsupportedOperationException();
  }

  /** Decodes a list. */
  public static List<@Nullable Object> decode(byte[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }
}
