package dev.millrace.server.log.segment.v1;

import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.ListCodec;
import dev.millrace.server.log.SortedDictionary;
import dev.millrace.server.log.StoredBytes;
import dev.millrace.server.log.segment.v1.encoding.Values;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The dictionary of a column as one snapshot reads it. Safe for use by several threads. */
final class ColumnDictionary implements SortedDictionary, StoredBytes {
  private final SharedValues shared;
  private final Regions regions;

  ColumnDictionary(SharedValues shared, Regions regions) {
    this.shared = shared;
    this.regions = regions;
  }

  @Override
  public int size() {
    return shared.size();
  }

  @Override
  public boolean distinct() {
    return true;
  }

  @Override
  public boolean hasLists() {
    return shared.size() > shared.texts();
  }

  @Override
  public int texts() {
    return shared.texts();
  }

  @Override
  public String text(int code) {
    Objects.checkIndex(code, shared.texts());
    Values texts = shared.load(regions).texts();
    return new String(texts.bytes(), texts.start(code), texts.length(code), StandardCharsets.UTF_8);
  }

  @Override
  public List<@Nullable Object> list(int code) {
    int number = code - shared.texts();
    Objects.checkIndex(number, shared.size() - shared.texts());
    Values lists = shared.load(regions).lists();
    try {
      return ListCodec.decode(lists.bytes(), lists.start(number), lists.length(number));
    } catch (IllegalArgumentException e) {
      throw new StorageException.Corrupt(shared.name() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public long hash(int code) {
    SharedValues.Loaded loaded = shared.load(regions);
    long hash = loaded.hashes()[code];
    // A value that really hashes to 0 is hashed again each time, which does no harm.
    if (hash == 0) {
      hash =
          code < shared.texts()
              ? SharedValues.hash(loaded.texts(), code)
              : SharedValues.hash(loaded.lists(), code - shared.texts());
      loaded.hashes()[code] = hash;
    }
    return hash;
  }

  @Override
  public int lowerBound(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Values texts = shared.load(regions).texts();
    int low = 0;
    int high = texts.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (texts.compare(middle, bytes) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public int find(String text) {
    int code = lowerBound(text);
    Values texts = shared.load(regions).texts();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return code < texts.size() && texts.compare(code, bytes) == 0 ? code : -1;
  }

  @Override
  public int storedLength(int code) {
    SharedValues.Loaded loaded = shared.load(regions);
    return code < shared.texts()
        ? loaded.texts().length(code)
        : loaded.lists().length(code - shared.texts());
  }

  @Override
  public void copyStored(int code, byte[] target, int at) {
    SharedValues.Loaded loaded = shared.load(regions);
    Values values = code < shared.texts() ? loaded.texts() : loaded.lists();
    int number = code < shared.texts() ? code : code - shared.texts();
    System.arraycopy(values.bytes(), values.start(number), target, at, values.length(number));
  }
}
