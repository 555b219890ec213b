package dev.millrace.server.event.json;

import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.OriginalFormat;
import java.nio.charset.StandardCharsets;

/**
 * Reads {@code IngestEventsRequest} in the JSON of the contract: {@code
 * {"events":[…],"producerId":…}}.
 *
 * <table>
 *   <caption>How the proto3 JSON mapping is read</caption>
 *   <tr><td>names</td><td>lowerCamelCase or as in the {@code .proto} file; of a name that comes twice the
 *       last one counts</td></tr>
 *   <tr><td>{@code null}</td><td>unset; within {@code properties} a value of its own</td></tr>
 *   <tr><td>times</td><td>RFC 3339 with any offset and fraction</td></tr>
 *   <tr><td>64-bit integers, {@code value}</td><td>as numbers or as texts</td></tr>
 *   <tr><td>numbers in {@code properties}</td><td>the nearest double</td></tr>
 *   <tr><td>unknown fields, wrong types</td><td>refused, with the field's path: in an event the event
 *       (MALFORMED), outside of events the request</td></tr>
 *   <tr><td>malformed JSON</td><td>refused, with line and column</td></tr>
 * </table>
 */
public final class JsonDecoder {
  private static final int EVENT_BYTES_GUESS = 200;

  private final JsonInput input;
  private final EventLimits limits;
  private final EventBatch batch;
  private final EventJsonReader events;
  private final EnvelopeReader envelope;

  private JsonDecoder(byte[] json, EventLimits limits) {
    this.input = new JsonInput(json);
    this.limits = limits;
    this.batch = emptyBatch(json, limits, OriginalFormat.JSON);
    this.events = new EventJsonReader(input, batch, limits);
    this.envelope = new EnvelopeReader(input);
  }

  /**
   * Decodes a request.
   *
   * @param json UTF-8, kept by the batch and not to be changed
   * @throws ApiException.InvalidArgument if the request isn't JSON or not of its form, or has more
   *     events than allowed
   */
  public static EventBatch decode(byte[] json, EventLimits limits) {
    return new JsonDecoder(json, limits).decode();
  }

  /** Puts the JSON of one event into a request of its own, which {@link #decode} can read. */
  public static byte[] requestOf(byte[] event) {
    byte[] before = "{\"events\":[".getBytes(StandardCharsets.UTF_8);
    byte[] request = new byte[before.length + event.length + 2];
    System.arraycopy(before, 0, request, 0, before.length);
    System.arraycopy(event, 0, request, before.length, event.length);
    request[request.length - 2] = ']';
    request[request.length - 1] = '}';
    return request;
  }

  static EventBatch emptyBatch(byte[] json, EventLimits limits, OriginalFormat format) {
    int guess = Math.min(limits.batchEvents(), json.length / EVENT_BYTES_GUESS + 1);
    EventBatch batch = new EventBatch(BatchHeader.of(""), new byte[json.length], 0, guess);
    batch.source(json, format);
    return batch;
  }

  /** Checks whether a batch has room for one more event. */
  static void checkRoom(EventBatch batch, EventLimits limits) {
    if (batch.size() >= limits.batchEvents()) {
      throw new ApiException.InvalidArgument(
          "events",
          "found more than %,d events, at most %,d are allowed"
              .formatted(batch.size(), limits.batchEvents()));
    }
  }

  private EventBatch decode() {
    if (input.next() != JsonToken.START_OBJECT) {
      throw new ApiException.InvalidArgument(
          "", "found %s, expected an object with 'events'".formatted(input.found()));
    }
    while (input.next() != JsonToken.END_OBJECT) {
      String name = input.name();
      JsonToken value = input.next();
      if (name.equals("events")) {
        events(value);
      } else if (!envelope.read(name)) {
        throw new ApiException.InvalidArgument(name, "no such field");
      }
    }
    input.end();
    batch.header(envelope.header());
    return batch;
  }

  private void events(JsonToken value) {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != JsonToken.START_ARRAY) {
      throw new ApiException.InvalidArgument(
          "events", "found %s, expected an array".formatted(input.found()));
    }
    while (input.next() != JsonToken.END_ARRAY) {
      checkRoom(batch, limits);
      input.event(batch, limits, events::read);
    }
  }
}
