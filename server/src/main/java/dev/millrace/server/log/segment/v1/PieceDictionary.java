package dev.millrace.server.log.segment.v1;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.ListCodec;
import dev.millrace.server.log.StoredBytes;
import dev.millrace.server.log.segment.v1.encoding.Values;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The texts and then the lists of a piece of a column whose values hardly repeat, in the order of
 * their rows. Confined to one thread.
 */
final class PieceDictionary implements StoredBytes {
  private final Values texts;
  private final Values lists;
  private final String name;

  /**
   * @param name names the column in errors
   */
  PieceDictionary(Values texts, Values lists, String name) {
    this.texts = texts;
    this.lists = lists;
    this.name = name;
  }

  @Override
  public int size() {
    return texts.size() + lists.size();
  }

  @Override
  public boolean distinct() {
    return false;
  }

  @Override
  public boolean hasLists() {
    return lists.size() > 0;
  }

  @Override
  public String text(int code) {
    if (code >= texts.size()) {
      throw new IndexOutOfBoundsException(code);
    }
    return new String(texts.bytes(), texts.start(code), texts.length(code), StandardCharsets.UTF_8);
  }

  @Override
  public List<@Nullable Object> list(int code) {
    int number = code - texts.size();
    try {
      return ListCodec.decode(lists.bytes(), lists.start(number), lists.length(number));
    } catch (IllegalArgumentException e) {
      throw new StorageException.Corrupt(name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public long hash(int code) {
    return SharedValues.hash(values(code), number(code));
  }

  @Override
  public int storedLength(int code) {
    return values(code).length(number(code));
  }

  @Override
  public void copyStored(int code, byte[] target, int at) {
    Values values = values(code);
    int number = number(code);
    System.arraycopy(values.bytes(), values.start(number), target, at, values.length(number));
  }

  private Values values(int code) {
    return code < texts.size() ? texts : lists;
  }

  private int number(int code) {
    return code < texts.size() ? code : code - texts.size();
  }
}
