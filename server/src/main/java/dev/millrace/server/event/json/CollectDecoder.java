package dev.millrace.server.event.json;

import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.OriginalFormat;

/**
 * Reads what people actually send to {@code /v1/collect}: one event, an array of events, {@code
 * {"events":[…]}} with the envelope's other fields beside it, or any of these one after the other,
 * as in NDJSON.
 *
 * <table>
 *   <caption>Where the fields of an event are looked for</caption>
 *   <tr><td>type</td><td>the first of {@code type}, {@code eventType}, {@code event_type}, {@code
 *       eventName}, {@code event_name}, {@code event}, {@code action} that is a text; {@code pageview} in
 *       any spelling becomes {@code page_view}; the others stay properties of their own names</td></tr>
 *   <tr><td>time</td><td>{@code time}, {@code timestamp}, {@code ts}, {@code eventTime}, {@code
 *       occurredAt}, {@code createdAt}: ISO 8601 (without an offset UTC), or a number since 1970, also as
 *       text: seconds below 1e11, milliseconds below 1e14, microseconds below 1e17, else nanoseconds
 *       </td></tr>
 *   <tr><td>user id</td><td>{@code userId}, {@code uid}, {@code user}</td></tr>
 *   <tr><td>session id</td><td>{@code sessionId}, {@code session}</td></tr>
 *   <tr><td>event id</td><td>{@code eventId}, {@code messageId}, {@code id}</td></tr>
 *   <tr><td>value</td><td>the first number of {@code value}, {@code amount} (which stays a property too)
 *       </td></tr>
 *   <tr><td>tags</td><td>{@code tags}: an array, or one text</td></tr>
 *   <tr><td>context</td><td>{@code ip}, {@code ipAddress}, {@code userAgent}, {@code referrer}, {@code
 *       referer}, {@code locale}, either at the top or in {@code context}, whose other members become
 *       properties {@code context.NAME}</td></tr>
 *   <tr><td>properties</td><td>the members of {@code properties}, {@code props}, {@code values}, {@code
 *       metadata} where these are objects, and whatever else stands at the top</td></tr>
 * </table>
 *
 * <p>All names may also be written in snake_case. Numbers and booleans serve as texts where a text
 * is expected. {@code null} is the same as nothing. Of what comes twice, the last one counts.
 */
public final class CollectDecoder {
  private final JsonInput input;
  private final EventLimits limits;
  private final EventBatch batch;
  private final CollectEventReader events;
  private final EnvelopeReader envelope;

  private CollectDecoder(byte[] json, EventLimits limits) {
    this.input = new JsonInput(json);
    this.limits = limits;
    this.batch = JsonDecoder.emptyBatch(json, limits, OriginalFormat.COLLECT_JSON);
    this.events = new CollectEventReader(input, batch, limits);
    this.envelope = new EnvelopeReader(input);
  }

  /**
   * Decodes a request.
   *
   * @param json UTF-8, kept by the batch and not to be changed
   * @throws ApiException.InvalidArgument if the request isn't JSON, or has more events than allowed
   */
  public static EventBatch decode(byte[] json, EventLimits limits) {
    return new CollectDecoder(json, limits).decode();
  }

  private EventBatch decode() {
    int values = 0;
    while (input.next() != JsonToken.NOT_AVAILABLE) {
      values++;
      switch (input.parser().currentToken()) {
        case START_ARRAY -> array();
        case START_OBJECT -> {
          if (isEnvelope()) {
            envelope();
          } else {
            event();
          }
        }
        default ->
            throw new ApiException.InvalidArgument(
                "", "found %s, expected events".formatted(input.found()));
      }
    }
    if (values == 0) {
      throw new ApiException.InvalidArgument("", "found nothing, expected events");
    }
    batch.header(envelope.header());
    return batch;
  }

  private void array() {
    while (input.next() != JsonToken.END_ARRAY) {
      event();
    }
  }

  private void event() {
    if (input.parser().currentToken() != JsonToken.START_OBJECT) {
      // Whoever sends no objects at all hasn't got the form wrong in one event only.
      throw new ApiException.InvalidArgument(
          "events[" + batch.size() + "]", "found %s, expected an object".formatted(input.found()));
    }
    JsonDecoder.checkRoom(batch, limits);
    input.event(batch, limits, events::read);
  }

  /** Looks ahead, in a second reading, for {@code events}. */
  private boolean isEnvelope() {
    JsonInput ahead = input.again();
    ahead.next();
    while (ahead.next() == JsonToken.FIELD_NAME) {
      String name = ahead.name();
      ahead.next();
      if (name.equals("events")) {
        return true;
      }
      ahead.skipChildren();
    }
    return false;
  }

  private void envelope() {
    while (input.next() != JsonToken.END_OBJECT) {
      String name = input.name();
      JsonToken value = input.next();
      if (name.equals("events")) {
        if (value != JsonToken.START_ARRAY) {
          throw new ApiException.InvalidArgument(
              "events", "found %s, expected an array".formatted(input.found()));
        }
        array();
      } else if (!envelope.read(name)) {
        input.skipChildren();
      }
    }
  }
}
