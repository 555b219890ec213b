package dev.millrace.server.event.wire;

import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.Kind;
import dev.millrace.server.event.PropertyPath;
import dev.millrace.server.event.Slice;
import dev.millrace.server.event.Utf8;
import java.nio.charset.StandardCharsets;

/** Reads the {@code google.protobuf.Struct} of an event into the property columns of a batch. */
final class StructWalker {
  static final int FIELDS = 1 << 3 | WireReader.BYTES;
  static final int KEY = 1 << 3 | WireReader.BYTES;
  static final int ENTRY_VALUE = 2 << 3 | WireReader.BYTES;

  static final int NULL = 1 << 3 | WireReader.VARINT;
  static final int NUMBER = 2 << 3 | WireReader.FIXED64;
  static final int TEXT = 3 << 3 | WireReader.BYTES;
  static final int BOOLEAN = 4 << 3 | WireReader.VARINT;
  static final int STRUCT = 5 << 3 | WireReader.BYTES;
  static final int LIST = 6 << 3 | WireReader.BYTES;
  static final int KINDS = 6;

  /** Of a member with an empty key and an empty text. */
  private static final int SIMPLE_BYTES_MIN = 8;

  private final WireReader reader;
  private final EventBatch batch;
  private final EventLimits limits;
  private final ListChecker lists;
  private int row;
  private int count;

  StructWalker(WireReader reader, EventBatch batch, EventLimits limits) {
    this.reader = reader;
    this.batch = batch;
    this.limits = limits;
    this.lists = new ListChecker(reader, limits);
  }

  /** Turns to another row. */
  void begin(int newRow) {
    row = newRow;
    count = 0;
  }

  /** Reads the properties up to an end. */
  void properties(int end) {
    struct(EventBatch.rootPath(), 1, end);
  }

  /** Reads the members of an object and returns how many there are. */
  private int struct(int parent, int level, int end) {
    limits.checkDepth(level);
    int members = 0;
    while (reader.at < end) {
      if (simpleEntry(parent, end)) {
        members++;
        continue;
      }
      int tag = reader.tag(end);
      if (tag == FIELDS) {
        int length = reader.length(end);
        entry(parent, level, reader.at + length);
        members++;
      } else if (tag >>> 3 == 1) {
        throw WireReader.wrongType(tag);
      } else {
        reader.skip(tag, end);
      }
    }
    return members;
  }

  /**
   * Reads a member as every client writes it: a key and a number or text, each once, with lengths
   * of one byte. Where one begins depends on nothing but the length of the one before, and no place
   * is written to memory on the way, so that the processor can work on several at a time.
   *
   * @return false if it is anything else, with nothing done
   */
  private boolean simpleEntry(int parent, int end) {
    byte[] bytes = reader.bytes;
    int start = reader.at;
    if (end - start < SIMPLE_BYTES_MIN || bytes[start] != FIELDS) {
      return false;
    }
    int entryEnd = start + 2 + bytes[start + 1];
    int keyLength = bytes[start + 3];
    int valueAt = start + 4 + keyLength;
    if (bytes[start + 2] != KEY
        || keyLength < 0
        || entryEnd > end
        || valueAt + 4 > entryEnd
        || bytes[valueAt] != ENTRY_VALUE
        || valueAt + 2 + bytes[valueAt + 1] != entryEnd) {
      return false;
    }
    int kindAt = valueAt + 2;
    switch (bytes[kindAt]) {
      case TEXT -> {
        int length = bytes[kindAt + 1];
        if (kindAt + 2 + length != entryEnd || !Utf8.valid(bytes, kindAt + 2, length)) {
          return false;
        }
        simpleValue(parent, start + 4, keyLength, Kind.TEXT, Slice.of(kindAt + 2, length));
      }
      case NUMBER -> {
        if (kindAt + 9 != entryEnd) {
          return false;
        }
        long bits = WireReader.longAt(bytes, kindAt + 1);
        if (!Double.isFinite(Double.longBitsToDouble(bits))) {
          return false;
        }
        simpleValue(parent, start + 4, keyLength, Kind.NUMBER, bits);
      }
      default -> {
        return false;
      }
    }
    reader.at = entryEnd;
    return true;
  }

  private void simpleValue(int parent, int keyOffset, int keyLength, Kind kind, long payload) {
    int path = batch.key(parent, row, reader.bytes, keyOffset, keyLength);
    try {
      limits.checkPaths(batch.pathCount());
      put(path, kind, payload);
    } catch (BrokenEvent e) {
      throw within(e, keyOffset, keyLength);
    }
  }

  private BrokenEvent within(BrokenEvent e, int keyOffset, int keyLength) {
    String key = new String(reader.bytes, keyOffset, keyLength, StandardCharsets.UTF_8);
    return e.within(PropertyPath.child("", key));
  }

  private void entry(int parent, int level, int end) {
    int keyOffset = reader.at;
    int keyLength = 0;
    int valueOffset = end;
    int valueEnd = end;
    while (reader.at < end) {
      int tag = reader.tag(end);
      if (tag == KEY) {
        if (!Utf8.valid(reader.bytes, keyOffset, keyLength)) {
          // Of two keys the last one counts, but the first must be one too.
          throw EventLimits.invalidText();
        }
        keyLength = reader.length(end);
        keyOffset = reader.at;
        reader.at += keyLength;
      } else if (tag == ENTRY_VALUE) {
        int length = reader.length(end);
        // Of two values the last one counts, but the first must be one too.
        lists.check(level, valueOffset, valueEnd);
        valueOffset = reader.at;
        valueEnd = valueOffset + length;
        reader.at = valueEnd;
      } else if (tag >>> 3 <= 2) {
        throw WireReader.wrongType(tag);
      } else {
        reader.skip(tag, end);
      }
    }
    int path = batch.key(parent, row, reader.bytes, keyOffset, keyLength);
    try {
      limits.checkPaths(batch.pathCount());
      reader.at = valueOffset;
      value(path, level, valueEnd);
    } catch (BrokenEvent e) {
      throw within(e, keyOffset, keyLength);
    }
    reader.at = end;
  }

  private void value(int path, int level, int end) {
    if (reader.at >= end) {
      // A value of no kind: protobuf's own JSON refuses to write it, null is the nearest.
      put(path, Kind.NULL, 0);
      return;
    }
    boolean first = true;
    while (reader.at < end) {
      int tag = reader.tag(end);
      int number = tag >>> 3;
      if (number > KINDS) {
        reader.skip(tag, end);
        continue;
      }
      if (!first) {
        // Only one kind can be set, and the last one counts.
        batch.forget(path, row);
      }
      first = false;
      kind(tag, path, level, end);
    }
    if (first) {
      put(path, Kind.NULL, 0);
    }
  }

  private void kind(int tag, int path, int level, int end) {
    switch (tag) {
      case NULL -> {
        reader.varint(end);
        put(path, Kind.NULL, 0);
      }
      case NUMBER -> {
        long bits = reader.fixed64(end);
        EventLimits.checkNumber(Double.longBitsToDouble(bits));
        put(path, Kind.NUMBER, bits);
      }
      case TEXT -> {
        int length = reader.length(end);
        if (!Utf8.valid(reader.bytes, reader.at, length)) {
          throw EventLimits.invalidText();
        }
        put(path, Kind.TEXT, Slice.of(reader.at, length));
        reader.at += length;
      }
      case BOOLEAN -> put(path, Kind.BOOLEAN, reader.varint(end) != 0 ? 1 : 0);
      case STRUCT -> {
        int length = reader.length(end);
        if (struct(path, level + 1, reader.at + length) == 0) {
          put(path, Kind.EMPTY_OBJECT, 0);
        }
      }
      case LIST -> {
        int length = reader.length(end);
        int offset = reader.at;
        lists.list(level + 1, offset + length);
        put(path, Kind.LIST, Slice.of(offset, length));
      }
      default -> throw WireReader.wrongType(tag);
    }
  }

  private void put(int path, Kind kind, long payload) {
    limits.checkProperties(++count);
    batch.property(path, row, kind, payload);
  }
}
