package dev.millrace.server.event.wire;

import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.Slice;
import dev.millrace.server.event.TagList;
import dev.millrace.server.event.TextField;
import dev.millrace.server.event.Utf8;
import dev.millrace.server.event.wire.WireDecoder.WireTime;
import org.jspecify.annotations.Nullable;

/** Reads one {@code Event} after the other into rows of a batch. */
final class EventWalker {
  private static final int EVENT_ID = 1 << 3 | WireReader.BYTES;
  private static final int TYPE = 2 << 3 | WireReader.BYTES;
  private static final int TIME = 3 << 3 | WireReader.BYTES;
  private static final int USER_ID = 4 << 3 | WireReader.BYTES;
  private static final int SESSION_ID = 5 << 3 | WireReader.BYTES;
  private static final int PROPERTIES = 6 << 3 | WireReader.BYTES;
  private static final int VALUE = 7 << 3 | WireReader.FIXED64;
  private static final int TAGS = 8 << 3 | WireReader.BYTES;
  private static final int SOURCE = 9 << 3 | WireReader.BYTES;
  private static final int CONTEXT = 10 << 3 | WireReader.BYTES;

  /** Set by the server, and sent along by whoever sends back what was read. */
  private static final int SEQUENCE = 11 << 3 | WireReader.VARINT;

  private static final int RECEIVED_TIME = 12 << 3 | WireReader.BYTES;

  /** By field number. */
  private static final String[] NAMES = {
    "",
    "eventId",
    "type",
    "time",
    "userId",
    "sessionId",
    "properties",
    "value",
    "tags",
    "source",
    "context",
    "sequence",
    "receivedTime"
  };

  private static final int IP = 1 << 3 | WireReader.BYTES;
  private static final int USER_AGENT = 2 << 3 | WireReader.BYTES;
  private static final int REFERRER = 3 << 3 | WireReader.BYTES;
  private static final int LOCALE = 4 << 3 | WireReader.BYTES;
  private static final String[] CONTEXT_NAMES = {"", "ip", "userAgent", "referrer", "locale"};

  private final WireReader reader;
  private final EventBatch batch;
  private final EventLimits limits;
  private final StructWalker properties;
  private final TagList tags;
  private final WireTime time = new WireTime();
  private final WireTime ignored = new WireTime();
  private boolean tagged;

  EventWalker(WireReader reader, EventBatch batch, EventLimits limits) {
    this.reader = reader;
    this.batch = batch;
    this.limits = limits;
    this.properties = new StructWalker(reader, batch, limits);
    this.tags = new TagList(limits);
  }

  /**
   * Reads the event between two places into a new row, rejects it if broken, and stops at its end.
   */
  void event(int start, int end) {
    int row = batch.beginRow();
    batch.original(row, start, end - start);
    reader.at = start;
    try {
      if (end - start > limits.eventBytes()) {
        readId(row, end);
        throw new BrokenEvent(
            RejectReason.EVENT_TOO_LARGE,
            "",
            "found %,d bytes, at most %,d are allowed".formatted(end - start, limits.eventBytes()));
      }
      fields(row, end);
    } catch (BrokenEvent e) {
      batch.reject(row, e.reason(), e.field(), e.message());
    }
    reader.at = end;
  }

  private void fields(int row, int end) {
    time.clear();
    properties.begin(row);
    tags.clear();
    tagged = false;
    int number = 0;
    try {
      while (reader.at < end) {
        simpleTexts(row, end);
        if (reader.at == end) {
          break;
        }
        number = 0;
        int tag = reader.tag(end);
        number = tag >>> 3;
        field(tag, row, end);
      }
      if (time.seen()) {
        number = 3;
        batch.time(row, time.micros());
      }
    } catch (BrokenEvent e) {
      throw number < NAMES.length && number > 0 ? e.within(NAMES[number]) : e;
    }
    if (tagged) {
      tags.store(batch, row);
    }
  }

  /**
   * Reads the texts that come next, as far as they are valid and of less than 128 bytes, and stops
   * before anything else. The place is in a local variable, so that the processor needn't wait for
   * it to come back from memory.
   */
  private void simpleTexts(int row, int end) {
    byte[] bytes = reader.bytes;
    int at = reader.at;
    while (end - at >= 2) {
      TextField field = simpleText(bytes[at]);
      int length = bytes[at + 1];
      if (field == null
          || length < 0
          || length > end - at - 2
          || length > EventLimits.textBytes(field)
          || !Utf8.valid(bytes, at + 2, length)) {
        break;
      }
      batch.text(field, row, Slice.of(at + 2, length));
      at += 2 + length;
    }
    reader.at = at;
  }

  private static @Nullable TextField simpleText(int tag) {
    return switch (tag) {
      case EVENT_ID -> TextField.EVENT_ID;
      case TYPE -> TextField.TYPE;
      case USER_ID -> TextField.USER_ID;
      case SESSION_ID -> TextField.SESSION_ID;
      case SOURCE -> TextField.SOURCE;
      default -> null;
    };
  }

  private void field(int tag, int row, int end) {
    switch (tag) {
      case EVENT_ID -> text(TextField.EVENT_ID, row, end);
      case TYPE -> text(TextField.TYPE, row, end);
      case TIME -> time.read(reader, end);
      case USER_ID -> text(TextField.USER_ID, row, end);
      case SESSION_ID -> text(TextField.SESSION_ID, row, end);
      case PROPERTIES -> {
        int length = reader.length(end);
        properties.properties(reader.at + length);
      }
      case VALUE ->
          batch.value(row, EventLimits.checkNumber(Double.longBitsToDouble(reader.fixed64(end))));
      case TAGS -> tag(end);
      case SOURCE -> text(TextField.SOURCE, row, end);
      case CONTEXT -> {
        int length = reader.length(end);
        context(row, reader.at + length);
      }
      case SEQUENCE -> reader.varint(end);
      case RECEIVED_TIME -> ignored.read(reader, end);
      default -> {
        if (tag >>> 3 < NAMES.length) {
          throw WireReader.wrongType(tag);
        }
        reader.skip(tag, end);
      }
    }
  }

  private void text(TextField field, int row, int end) {
    int length = reader.length(end);
    int offset = reader.at;
    if (!Utf8.valid(reader.bytes, offset, length)) {
      throw EventLimits.invalidText();
    }
    reader.at = offset + length;
    if (field == TextField.USER_AGENT) {
      length = Utf8.prefix(reader.bytes, offset, length, EventLimits.textBytes(field));
    } else {
      EventLimits.checkText(field, length);
    }
    batch.text(field, row, Slice.of(offset, length));
  }

  private void tag(int end) {
    tagged = true;
    int length = reader.length(end);
    tags.add(reader.bytes, reader.at, length);
    reader.at += length;
  }

  private void context(int row, int end) {
    int number = 0;
    try {
      while (reader.at < end) {
        number = 0;
        int tag = reader.tag(end);
        number = tag >>> 3;
        switch (tag) {
          case IP -> text(TextField.IP, row, end);
          case USER_AGENT -> text(TextField.USER_AGENT, row, end);
          case REFERRER -> text(TextField.REFERRER, row, end);
          case LOCALE -> text(TextField.LOCALE, row, end);
          default -> {
            if (number < CONTEXT_NAMES.length) {
              throw WireReader.wrongType(tag);
            }
            reader.skip(tag, end);
          }
        }
      }
    } catch (BrokenEvent e) {
      throw number < CONTEXT_NAMES.length && number > 0 ? e.within(CONTEXT_NAMES[number]) : e;
    }
  }

  /** The id of an event that isn't read any further, where it comes first. */
  private void readId(int row, int end) {
    int tag = reader.tag(end);
    if (tag == EVENT_ID) {
      text(TextField.EVENT_ID, row, end);
    }
  }
}
