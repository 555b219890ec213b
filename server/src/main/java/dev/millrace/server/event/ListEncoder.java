package dev.millrace.server.event;

import com.google.protobuf.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes lists from back to front: the length of a nested message is then known when its turn
 * comes. Used once.
 */
final class ListEncoder {
  private byte[] bytes = new byte[256];

  /** Where what has been written begins; it reaches to the end of the array. */
  private int position = bytes.length;

  byte[] encode(List<? extends @Nullable Object> list) {
    putList(list, 1);
    return Arrays.copyOfRange(bytes, position, bytes.length);
  }

  private void putList(List<? extends @Nullable Object> list, int depth) {
    ListCodec.checkDepth(depth);
    for (int i = list.size() - 1; i >= 0; i--) {
      int end = written();
      putValue(list.get(i), depth);
      putHead(ListCodec.message(ListCodec.LIST_VALUES), end);
    }
  }

  private void putValue(@Nullable Object value, int depth) {
    int end = written();
    switch (value) {
      case null -> {
        putVarint(0);
        putVarint(ListCodec.varint(ListCodec.VALUE_NULL));
      }
      case Boolean bool -> {
        putVarint(bool ? 1 : 0);
        putVarint(ListCodec.varint(ListCodec.VALUE_BOOL));
      }
      case Number number -> {
        putFixed64(Double.doubleToRawLongBits(number.doubleValue()));
        putVarint(ListCodec.tag(ListCodec.VALUE_NUMBER, WireFormat.WIRETYPE_FIXED64));
      }
      case String text -> {
        putText(text);
        putHead(ListCodec.message(ListCodec.VALUE_STRING), end);
      }
      case List<?> list -> {
        putList(list, depth + 1);
        putHead(ListCodec.message(ListCodec.VALUE_LIST), end);
      }
      case Map<?, ?> map -> {
        putStruct(map, depth + 1);
        putHead(ListCodec.message(ListCodec.VALUE_STRUCT), end);
      }
      default ->
          throw new IllegalArgumentException("a list can't hold a " + value.getClass().getName());
    }
  }

  private void putStruct(Map<?, ?> map, int depth) {
    ListCodec.checkDepth(depth);
    TreeMap<String, @Nullable Object> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put(key(key), value));
    sorted
        .descendingMap()
        .forEach(
            (key, value) -> {
              int end = written();
              putValue(value, depth);
              putHead(ListCodec.message(ListCodec.ENTRY_VALUE), end);
              int keyEnd = written();
              putText(key);
              putHead(ListCodec.message(ListCodec.ENTRY_KEY), keyEnd);
              putHead(ListCodec.message(ListCodec.STRUCT_FIELDS), end);
            });
  }

  private static String key(@Nullable Object key) {
    if (key instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("a member's key is not a text: " + key);
  }

  /** The tag and length of what was written since {@code end}. */
  private void putHead(int tag, int end) {
    putVarint(written() - end);
    putVarint(tag);
  }

  private int written() {
    return bytes.length - position;
  }

  private void putText(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    int at = reserve(encoded.length);
    System.arraycopy(encoded, 0, bytes, at, encoded.length);
  }

  private void putVarint(int value) {
    int length = value == 0 ? 1 : (38 - Integer.numberOfLeadingZeros(value)) / 7;
    int at = reserve(length);
    int rest = value;
    for (int i = 0; i < length - 1; i++) {
      bytes[at + i] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at + length - 1] = (byte) rest;
  }

  private void putFixed64(long value) {
    int at = reserve(8);
    for (int i = 0; i < 8; i++) {
      bytes[at + i] = (byte) (value >>> (8 * i));
    }
  }

  private int reserve(int length) {
    if (position < length) {
      int written = written();
      byte[] larger = new byte[Math.addExact(bytes.length * 2, length)];
      System.arraycopy(bytes, position, larger, larger.length - written, written);
      position = larger.length - written;
      bytes = larger;
    }
    position -= length;
    return position;
  }
}
