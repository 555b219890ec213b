package dev.millrace.server.event.wire;

import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.EventTime;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.event.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the three requests that bring events, which have the same fields: {@code
 * StreamEventsRequest}, {@code PublishEventsRequest} and {@code IngestEventsRequest}.
 *
 * <p>Events are length-delimited, so that a broken one is rejected by itself; a broken request is
 * refused as a whole. Fields that nobody knows are skipped, as protobuf wants it; a known field
 * with a wire type that it can't have is an error. Where a field comes twice, the last one counts.
 */
public final class WireDecoder {
  private static final int PROJECT = 1 << 3 | WireReader.BYTES;
  private static final int EVENTS = 2 << 3 | WireReader.BYTES;
  private static final int PRODUCER_ID = 3 << 3 | WireReader.BYTES;
  private static final int EPOCH = 4 << 3 | WireReader.VARINT;
  private static final int BATCH_NUMBER = 5 << 3 | WireReader.VARINT;
  private static final int SENT_AT = 6 << 3 | WireReader.BYTES;
  private static final int VERDICTS = 7 << 3 | WireReader.VARINT;

  private static final String[] NAMES = {
    "", "project", "events", "producerId", "epoch", "batchNumber", "sentAt", "verdicts"
  };

  private final WireReader reader;
  private final EventLimits limits;
  private String project = "";
  private String producerId = "";
  private long epoch;
  private long batchNumber;
  private final WireTime sentAt = new WireTime();
  private boolean verdicts;
  private int events;

  private WireDecoder(byte[] request, EventLimits limits) {
    this.reader = new WireReader(request);
    this.limits = limits;
  }

  /**
   * Decodes a request. The batch takes the array over as its heap.
   *
   * @throws ApiException.InvalidArgument if the request isn't a message of its type, or has more
   *     events than allowed
   */
  public static EventBatch decode(byte[] request, EventLimits limits) {
    return new WireDecoder(request, limits).decode();
  }

  /** Puts a serialised event into a request of its own, which {@link #decode} can read. */
  public static byte[] requestOf(byte[] event) {
    byte[] request = new byte[event.length + 6];
    request[0] = EVENTS;
    int at = 1;
    int rest = event.length;
    while (rest >= 0x80) {
      request[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    request[at++] = (byte) rest;
    System.arraycopy(event, 0, request, at, event.length);
    return Arrays.copyOf(request, at + event.length);
  }

  private EventBatch decode() {
    int end = reader.bytes.length;
    BatchHeader header = header(end);
    EventBatch batch = new EventBatch(header, reader.bytes, end, events);
    batch.source(reader.bytes, OriginalFormat.PROTOBUF);
    EventWalker walker = new EventWalker(reader, batch, limits);
    reader.at = 0;
    while (reader.at < end) {
      int tag = reader.tag(end);
      if (tag == EVENTS) {
        int length = reader.length(end);
        walker.event(reader.at, reader.at + length);
      } else {
        reader.skip(tag, end);
      }
    }
    return batch;
  }

  /** Reads everything but the events, which are only counted. */
  private BatchHeader header(int end) {
    int number = 0;
    try {
      while (reader.at < end) {
        number = 0;
        int tag = reader.tag(end);
        number = tag >>> 3;
        field(tag, end);
      }
      number = 6;
      long sentAtMicros = sentAt.seen() ? sentAt.micros() : EventBatch.NO_TIME;
      if (events > limits.batchEvents()) {
        throw new ApiException.InvalidArgument(
            "events",
            "found %,d events, at most %,d are allowed".formatted(events, limits.batchEvents()));
      }
      return new BatchHeader(project, producerId, epoch, batchNumber, sentAtMicros, verdicts);
    } catch (BrokenEvent e) {
      BrokenEvent placed = number < NAMES.length ? e.within(NAMES[number]) : e;
      throw new ApiException.InvalidArgument(placed.field(), placed.message());
    }
  }

  private void field(int tag, int end) {
    switch (tag) {
      case EVENTS -> {
        int length = reader.length(end);
        reader.at += length;
        events++;
      }
      case PROJECT -> project = text(end);
      case PRODUCER_ID -> producerId = text(end);
      case EPOCH -> epoch = reader.varint(end);
      case BATCH_NUMBER -> batchNumber = reader.varint(end);
      case SENT_AT -> sentAt.read(reader, end);
      case VERDICTS -> verdicts = reader.varint(end) != 0;
      default -> {
        if (tag >>> 3 < NAMES.length) {
          throw WireReader.wrongType(tag);
        }
        reader.skip(tag, end);
      }
    }
  }

  private String text(int end) {
    int length = reader.length(end);
    if (!Utf8.valid(reader.bytes, reader.at, length)) {
      throw EventLimits.invalidText();
    }
    String text = new String(reader.bytes, reader.at, length, StandardCharsets.UTF_8);
    reader.at += length;
    return text;
  }

  /** A {@code google.protobuf.Timestamp}, which may come in several pieces. */
  static final class WireTime {
    private static final int SECONDS = 1 << 3 | WireReader.VARINT;
    private static final int NANOS = 2 << 3 | WireReader.VARINT;

    private boolean seen;
    private long seconds;
    private int nanos;

    void clear() {
      seen = false;
      seconds = 0;
      nanos = 0;
    }

    boolean seen() {
      return seen;
    }

    long micros() {
      return EventTime.micros(seconds, nanos);
    }

    void read(WireReader reader, int outerEnd) {
      seen = true;
      int length = reader.length(outerEnd);
      int end = reader.at + length;
      while (reader.at < end) {
        int tag = reader.tag(end);
        switch (tag) {
          case SECONDS -> seconds = reader.varint(end);
          case NANOS -> nanos = (int) reader.varint(end);
          default -> {
            if (tag >>> 3 <= 2) {
              throw WireReader.wrongType(tag);
            }
            reader.skip(tag, end);
          }
        }
      }
    }
  }
}
