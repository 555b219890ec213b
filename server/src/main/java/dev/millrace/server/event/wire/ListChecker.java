package dev.millrace.server.event.wire;

import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.PropertyPath;
import dev.millrace.server.event.Utf8;
import java.nio.charset.StandardCharsets;

/** Checks a {@code google.protobuf.ListValue}, which is then kept as it came. */
final class ListChecker {
  private static final int VALUES = 1 << 3 | WireReader.BYTES;

  private final WireReader reader;
  private final EventLimits limits;

  ListChecker(WireReader reader, EventLimits limits) {
    this.reader = reader;
    this.limits = limits;
  }

  /** Checks the list that begins here and goes up to an end, and stops there. */
  void list(int level, int end) {
    limits.checkDepth(level);
    int index = 0;
    while (reader.at < end) {
      int tag = reader.tag(end);
      if (tag == VALUES) {
        int length = reader.length(end);
        try {
          value(level, reader.at + length);
        } catch (BrokenEvent e) {
          throw e.within("[" + index + "]");
        }
        index++;
      } else if (tag >>> 3 == 1) {
        throw WireReader.wrongType(tag);
      } else {
        reader.skip(tag, end);
      }
    }
  }

  /** Checks the value between two places, without moving on. */
  void check(int level, int start, int end) {
    if (start == end) {
      return;
    }
    int at = reader.at;
    reader.at = start;
    value(level, end);
    reader.at = at;
  }

  private void value(int level, int end) {
    while (reader.at < end) {
      int tag = reader.tag(end);
      switch (tag) {
        case StructWalker.NULL, StructWalker.BOOLEAN -> reader.varint(end);
        case StructWalker.NUMBER ->
            EventLimits.checkNumber(Double.longBitsToDouble(reader.fixed64(end)));
        case StructWalker.TEXT -> text(end);
        case StructWalker.STRUCT -> {
          int length = reader.length(end);
          struct(level + 1, reader.at + length);
        }
        case StructWalker.LIST -> {
          int length = reader.length(end);
          list(level + 1, reader.at + length);
        }
        default -> {
          if (tag >>> 3 <= StructWalker.KINDS) {
            throw WireReader.wrongType(tag);
          }
          reader.skip(tag, end);
        }
      }
    }
  }

  private void struct(int level, int end) {
    limits.checkDepth(level);
    while (reader.at < end) {
      int tag = reader.tag(end);
      if (tag == StructWalker.FIELDS) {
        int length = reader.length(end);
        entry(level, reader.at + length);
      } else if (tag >>> 3 == 1) {
        throw WireReader.wrongType(tag);
      } else {
        reader.skip(tag, end);
      }
    }
  }

  private void entry(int level, int end) {
    int keyOffset = reader.at;
    int keyLength = 0;
    try {
      while (reader.at < end) {
        int tag = reader.tag(end);
        if (tag == StructWalker.KEY) {
          keyLength = reader.length(end);
          keyOffset = reader.at;
          EventLimits.checkKey(reader.bytes, keyOffset, keyLength);
          reader.at += keyLength;
        } else if (tag == StructWalker.ENTRY_VALUE) {
          int length = reader.length(end);
          value(level, reader.at + length);
        } else if (tag >>> 3 <= 2) {
          throw WireReader.wrongType(tag);
        } else {
          reader.skip(tag, end);
        }
      }
    } catch (BrokenEvent e) {
      String key = new String(reader.bytes, keyOffset, keyLength, StandardCharsets.UTF_8);
      throw e.within(PropertyPath.child("", key));
    }
  }

  private void text(int end) {
    int length = reader.length(end);
    if (!Utf8.valid(reader.bytes, reader.at, length)) {
      throw EventLimits.invalidText();
    }
    reader.at += length;
  }
}
