package dev.millrace.server.query.vector;

import dev.millrace.server.event.EventHashes;
import dev.millrace.server.event.ListCodec;
import dev.millrace.server.log.Dictionary;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Dictionaries made while evaluating. */
public final class Texts {
  private Texts() {}

  /** The hash that a block's dictionary gives for a text. */
  public static long hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return EventHashes.hash(bytes, 0, bytes.length);
  }

  /** Over values in memory, a String or a List each; equal values may have several codes. */
  public static Dictionary of(List<?> values) {
    boolean lists = values.stream().anyMatch(value -> value instanceof List<?>);
    return new Dictionary() {
      @Override
      public int size() {
        return values.size();
      }

      @Override
      public boolean distinct() {
        return false;
      }

      @Override
      public boolean hasLists() {
        return lists;
      }

      @Override
      public String text(int code) {
        return (String) values.get(code);
      }

      @Override
      @SuppressWarnings("unchecked")
      public List<@Nullable Object> list(int code) {
        return (List<@Nullable Object>) values.get(code);
      }

      @Override
      public long hash(int code) {
        Object value = values.get(code);
        if (value instanceof String text) {
          return Texts.hash(text);
        }
        byte[] bytes = ListCodec.encode(list(code));
        return EventHashes.hash(bytes, 0, bytes.length);
      }
    };
  }

  /** One dictionary after the other: codes of the second begin at the size of the first. */
  public static Dictionary concatenate(Dictionary first, Dictionary second) {
    int split = first.size();
    return new Dictionary() {
      @Override
      public int size() {
        return split + second.size();
      }

      @Override
      public boolean distinct() {
        return false;
      }

      @Override
      public boolean hasLists() {
        return first.hasLists() || second.hasLists();
      }

      @Override
      public String text(int code) {
        return code < split ? first.text(code) : second.text(code - split);
      }

      @Override
      public List<@Nullable Object> list(int code) {
        return code < split ? first.list(code) : second.list(code - split);
      }

      @Override
      public long hash(int code) {
        return code < split ? first.hash(code) : second.hash(code - split);
      }
    };
  }
}
