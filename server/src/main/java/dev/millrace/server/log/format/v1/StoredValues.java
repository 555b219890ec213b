package dev.millrace.server.log.format.v1;

import dev.millrace.server.event.EventHashes;
import dev.millrace.server.event.ListCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The texts or the lists of a column as they are stored, decoded one by one when asked for. */
final class StoredValues {
  private final int size;
  private final int @Nullable [] codes;
  private final byte[] bytes;
  private final int start;

  /** Where each value begins after {@code start}, and the end of the last one; null for UUIDs. */
  private final int @Nullable [] offsets;

  private long @Nullable [] hashes;
  private byte @Nullable [] uuidText;

  private StoredValues(
      int size, int @Nullable [] codes, byte[] bytes, int start, int @Nullable [] offsets) {
    this.size = size;
    this.codes = codes;
    this.bytes = bytes;
    this.start = start;
    this.offsets = offsets;
  }

  /** Reads the part of a column for so many entries, in a code array of {@code length}. */
  static StoredValues read(Input in, int entries, int length) {
    int order = in.getByte();
    int form = in.getByte();
    int size = in.getInt();
    if (order > BlockLayout.VALUES_BY_CODE || form > BlockLayout.FORM_UUID) {
      throw new IllegalArgumentException("unknown encoding %d, %d".formatted(order, form));
    }
    boolean byCode = order == BlockLayout.VALUES_BY_CODE;
    if (byCode ? size <= 0 || size > entries : size != entries) {
      throw new IllegalArgumentException("%d values for %d entries".formatted(size, entries));
    }
    int[] codes = byCode ? PackedIntegers.readInts(in, entries, size, length) : null;
    if (form == BlockLayout.FORM_UUID) {
      int start = in.take(Math.multiplyExact(size, Uuids.LENGTH));
      return new StoredValues(size, codes, in.bytes(), start, null);
    }
    int[] offsets = PackedIntegers.readInts(in, size, Integer.MAX_VALUE, size + 1);
    int end = 0;
    for (int i = 0; i < size; i++) {
      int valueLength = offsets[i];
      offsets[i] = end;
      end = Math.addExact(end, valueLength);
    }
    offsets[size] = end;
    return new StoredValues(size, codes, in.bytes(), in.take(end), offsets);
  }

  int size() {
    return size;
  }

  /** Whether different codes always mean different values. */
  boolean distinct() {
    return codes != null || size <= 1;
  }

  /** The code of each entry, in an array of {@code length}; the caller's own. */
  int[] codes(int length) {
    int[] known = codes;
    if (known != null) {
      return known;
    }
    int[] inOrder = new int[length];
    for (int i = 0; i < size; i++) {
      inOrder[i] = i;
    }
    return inOrder;
  }

  int length(int code) {
    int[] at = offsets;
    return at == null ? Uuids.TEXT_LENGTH : at[code + 1] - at[code];
  }

  /** Copies the stored form of a value. */
  void copy(int code, byte[] target, int to) {
    int[] at = offsets;
    if (at == null) {
      Uuids.format(bytes, start + Objects.checkIndex(code, size) * Uuids.LENGTH, target, to);
    } else {
      System.arraycopy(bytes, start + at[code], target, to, at[code + 1] - at[code]);
    }
  }

  String text(int code) {
    int[] at = offsets;
    if (at == null) {
      return new String(uuid(code), StandardCharsets.ISO_8859_1);
    }
    return new String(bytes, start + at[code], at[code + 1] - at[code], StandardCharsets.UTF_8);
  }

  List<@Nullable Object> list(int code) {
    int[] at = offsets;
    if (at == null) {
      byte[] uuid = uuid(code);
      return ListCodec.decode(uuid, 0, uuid.length);
    }
    return ListCodec.decode(bytes, start + at[code], at[code + 1] - at[code]);
  }

  long hash(int code) {
    long[] known = hashes;
    if (known == null) {
      known = new long[size];
      hashes = known;
    }
    // A value that really hashes to 0 is hashed again each time, which does no harm.
    long hash = known[code];
    if (hash == 0) {
      hash = computeHash(code);
      known[code] = hash;
    }
    return hash;
  }

  private long computeHash(int code) {
    int[] at = offsets;
    if (at == null) {
      byte[] uuid = uuid(code);
      return EventHashes.hash(uuid, 0, uuid.length);
    }
    return EventHashes.hash(bytes, start + at[code], at[code + 1] - at[code]);
  }

  /** The text of a UUID, good until the next call. */
  private byte[] uuid(int code) {
    byte[] text = uuidText;
    if (text == null) {
      text = new byte[Uuids.TEXT_LENGTH];
      uuidText = text;
    }
    Uuids.format(bytes, start + Objects.checkIndex(code, size) * Uuids.LENGTH, text, 0);
    return text;
  }
}
