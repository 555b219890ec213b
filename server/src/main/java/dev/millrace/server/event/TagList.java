package dev.millrace.server.event;

import java.util.Arrays;

/**
 * Gathers the tags of one event after the other and adds them to a batch in the form of {@link
 * ListCodec}. Made once for a batch. Not thread-safe.
 */
public final class TagList {
  private static final int ELEMENT = 0x0a;
  private static final int TEXT = 0x1a;

  private final EventLimits limits;
  private byte[] encoded = new byte[256];
  private int length;
  private int count;

  public TagList(EventLimits limits) {
    this.limits = limits;
  }

  /** Forgets the tags of the event before. */
  public void clear() {
    length = 0;
    count = 0;
  }

  /**
   * Adds a tag.
   *
   * @throws BrokenEvent if it isn't allowed; the field is its index in brackets
   */
  public void add(byte[] bytes, int offset, int size) {
    if (count == limits.tags()) {
      throw new BrokenEvent(
          RejectReason.TOO_MANY_TAGS,
          "",
          "found more than %,d, at most %,d are allowed".formatted(count, limits.tags()));
    }
    if (size > EventLimits.TAG_BYTES) {
      throw EventLimits.tooLong(size, EventLimits.TAG_BYTES).within("[" + count + "]");
    }
    if (!Utf8.valid(bytes, offset, size)) {
      throw EventLimits.invalidText().within("[" + count + "]");
    }
    count++;
    put(bytes, offset, size);
  }

  /**
   * Adds the tags to the heap of the batch and sets them for the row; nothing if there are none.
   */
  public void store(EventBatch batch, int row) {
    batch.tags(row, count == 0 ? Slice.ABSENT : batch.append(encoded, 0, length));
  }

  private void put(byte[] bytes, int offset, int size) {
    int valueSize = 1 + varintSize(size) + size;
    int needed = length + 1 + varintSize(valueSize) + valueSize;
    if (needed > encoded.length) {
      encoded = Arrays.copyOf(encoded, Math.max(needed, encoded.length * 2));
    }
    encoded[length++] = ELEMENT;
    putVarint(valueSize);
    encoded[length++] = TEXT;
    putVarint(size);
    System.arraycopy(bytes, offset, encoded, length, size);
    length += size;
  }

  private static int varintSize(int value) {
    return value < 0x80 ? 1 : value < 0x4000 ? 2 : 3;
  }

  private void putVarint(int value) {
    int rest = value;
    while (rest >= 0x80) {
      encoded[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    encoded[length++] = (byte) rest;
  }
}
