package dev.millrace.server.log.format.v1;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.log.StoredBytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The dictionary of a column: the codes of lists come after those of texts. */
final class StoredDictionary implements StoredBytes {
  private final @Nullable StoredValues texts;
  private final @Nullable StoredValues lists;
  private final int textCount;
  private final String what;

  /**
   * @param what names the column of its block in errors
   */
  StoredDictionary(@Nullable StoredValues texts, @Nullable StoredValues lists, String what) {
    this.texts = texts;
    this.lists = lists;
    this.textCount = texts == null ? 0 : texts.size();
    this.what = what;
  }

  @Override
  public int size() {
    return textCount + (lists == null ? 0 : lists.size());
  }

  @Override
  public boolean distinct() {
    return (texts == null || texts.distinct()) && (lists == null || lists.distinct());
  }

  @Override
  public boolean hasLists() {
    return lists != null;
  }

  @Override
  public String text(int code) {
    if (texts == null || code >= textCount) {
      throw new IndexOutOfBoundsException(code);
    }
    return texts.text(code);
  }

  @Override
  public List<@Nullable Object> list(int code) {
    if (lists == null || code < textCount) {
      throw new IndexOutOfBoundsException(code);
    }
    try {
      return lists.list(code - textCount);
    } catch (IllegalArgumentException e) {
      throw new StorageException.Corrupt(what + ": " + e.getMessage(), e);
    }
  }

  @Override
  public long hash(int code) {
    if (texts != null && code < textCount) {
      return texts.hash(code);
    }
    if (lists == null) {
      throw new IndexOutOfBoundsException(code);
    }
    return lists.hash(code - textCount);
  }

  @Override
  public int storedLength(int code) {
    return values(code).length(code < textCount ? code : code - textCount);
  }

  @Override
  public void copyStored(int code, byte[] target, int at) {
    values(code).copy(code < textCount ? code : code - textCount, target, at);
  }

  private StoredValues values(int code) {
    StoredValues values = code < textCount ? texts : lists;
    if (values == null) {
      throw new IndexOutOfBoundsException(code);
    }
    return values;
  }
}
