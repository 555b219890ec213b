package dev.millrace.server.event;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
  /** Levels of lists and objects within one another, the outermost list being level 1. */
  public static final int DEPTH_MAX = 100;

  // The field numbers of google/protobuf/struct.proto.
  static final int LIST_VALUES = 1;
  static final int STRUCT_FIELDS = 1;
  static final int ENTRY_KEY = 1;
  static final int ENTRY_VALUE = 2;
  static final int VALUE_NULL = 1;
  static final int VALUE_NUMBER = 2;
  static final int VALUE_STRING = 3;
  static final int VALUE_BOOL = 4;
  static final int VALUE_STRUCT = 5;
  static final int VALUE_LIST = 6;

  private ListCodec() {}

  /**
   * Encodes a list. Numbers of any class are taken as doubles.
   *
   * @throws IllegalArgumentException if it holds anything else than the documentation of the class
   *     says, or is nested deeper than {@link #DEPTH_MAX}
   */
  public static byte[] encode(List<? extends @Nullable Object> list) {
    return new ListEncoder().encode(list);
  }

  /**
   * Decodes a list. Objects keep the order of their members; of the same member twice the later
   * counts; fields that {@code ListValue} doesn't have are passed over. What comes back may be
   * changed.
   *
   * @throws IllegalArgumentException if it isn't one, or is nested deeper than {@link #DEPTH_MAX}
   */
  public static List<@Nullable Object> decode(byte[] bytes, int offset, int length) {
    CodedInputStream in = CodedInputStream.newInstance(bytes, offset, length);
    List<@Nullable Object> list = new ArrayList<>();
    try {
      readList(in, list, 1);
    } catch (IOException e) {
      throw new IllegalArgumentException("malformed list: " + e.getMessage(), e);
    }
    return list;
  }

  private static void readList(CodedInputStream in, List<@Nullable Object> into, int depth)
      throws IOException {
    checkDepth(depth);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == message(LIST_VALUES)) {
        int limit = in.pushLimit(in.readRawVarint32());
        into.add(readValue(in, depth));
        in.popLimit(limit);
      } else {
        skip(in, tag);
      }
    }
    in.checkLastTagWas(0);
  }

  /** Reads a value to the current limit. A value that says nothing is a null. */
  private static @Nullable Object readValue(CodedInputStream in, int depth) throws IOException {
    Object value = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == varint(VALUE_NULL)) {
        in.readEnum();
        value = null;
      } else if (tag == tag(VALUE_NUMBER, WireFormat.WIRETYPE_FIXED64)) {
        value = in.readDouble();
      } else if (tag == message(VALUE_STRING)) {
        value = in.readStringRequireUtf8();
      } else if (tag == varint(VALUE_BOOL)) {
        value = in.readBool();
      } else if (tag == message(VALUE_STRUCT)) {
        value = readStruct(in, value, depth + 1);
      } else if (tag == message(VALUE_LIST)) {
        value = readNested(in, value, depth + 1);
      } else {
        skip(in, tag);
      }
    }
    in.checkLastTagWas(0);
    return value;
  }

  // Protobuf merges a message that comes twice, so what was read before is gone on with.
  @SuppressWarnings("unchecked") // only readNested makes lists
  private static List<@Nullable Object> readNested(
      CodedInputStream in, @Nullable Object before, int depth) throws IOException {
    List<@Nullable Object> list =
        before instanceof List<?> ? (List<@Nullable Object>) before : new ArrayList<>();
    int limit = in.pushLimit(in.readRawVarint32());
    readList(in, list, depth);
    in.popLimit(limit);
    return list;
  }

  @SuppressWarnings("unchecked") // only readStruct makes maps
  private static Map<String, @Nullable Object> readStruct(
      CodedInputStream in, @Nullable Object before, int depth) throws IOException {
    checkDepth(depth);
    Map<String, @Nullable Object> map =
        before instanceof Map<?, ?>
            ? (Map<String, @Nullable Object>) before
            : new LinkedHashMap<>();
    int limit = in.pushLimit(in.readRawVarint32());
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == message(STRUCT_FIELDS)) {
        int entryLimit = in.pushLimit(in.readRawVarint32());
        readMember(in, map, depth);
        in.popLimit(entryLimit);
      } else {
        skip(in, tag);
      }
    }
    in.checkLastTagWas(0);
    in.popLimit(limit);
    return map;
  }

  private static void readMember(CodedInputStream in, Map<String, @Nullable Object> map, int depth)
      throws IOException {
    String key = "";
    Object value = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == message(ENTRY_KEY)) {
        key = in.readStringRequireUtf8();
      } else if (tag == message(ENTRY_VALUE)) {
        int limit = in.pushLimit(in.readRawVarint32());
        value = readValue(in, depth);
        in.popLimit(limit);
      } else {
        skip(in, tag);
      }
    }
    in.checkLastTagWas(0);
    map.put(key, value);
  }

  private static void skip(CodedInputStream in, int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new IllegalArgumentException("malformed list: the end of a group that didn't begin");
    }
  }

  static void checkDepth(int depth) {
    if (depth > DEPTH_MAX) {
      throw new IllegalArgumentException("a list nested deeper than " + DEPTH_MAX + " levels");
    }
  }

  /** The tag of a field that is a message or a string. */
  static int message(int field) {
    return tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
  }

  static int varint(int field) {
    return tag(field, WireFormat.WIRETYPE_VARINT);
  }

  /** A tag as the wire format has it. */
  static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }
}
