package dev.millrace.server.event.json;

import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventBatch;

/** Gathers what a request says of its batch as a whole. */
final class EnvelopeReader {
  private final JsonInput input;
  private String project = "";
  private String producerId = "";
  private long epoch;
  private long batchNumber;
  private long sentAt = EventBatch.NO_TIME;
  private boolean verdicts;

  EnvelopeReader(JsonInput input) {
    this.input = input;
  }

  /**
   * Reads the value at the current token if the member is one of the envelope.
   *
   * @return whether it is
   * @throws ApiException.InvalidArgument if the value doesn't fit
   */
  boolean read(String name) {
    try {
      boolean unset = input.parser().currentToken() == JsonToken.VALUE_NULL;
      switch (name) {
        case "project" -> project = unset ? "" : text();
        case "producerId", "producer_id" -> producerId = unset ? "" : text();
        case "epoch" -> epoch = unset ? 0 : JsonNumbers.integer(input);
        case "batchNumber", "batch_number" -> batchNumber = unset ? 0 : JsonNumbers.integer(input);
        case "sentAt", "sent_at" -> sentAt = unset ? EventBatch.NO_TIME : Rfc3339.parse(text());
        case "verdicts" -> verdicts = !unset && bool();
        default -> {
          return false;
        }
      }
      return true;
    } catch (BrokenEvent e) {
      throw new ApiException.InvalidArgument(name, e.message());
    } catch (NumberFormatException e) {
      throw new ApiException.InvalidArgument(
          name, "found %s, expected a 64-bit integer".formatted(input.found()));
    }
  }

  BatchHeader header() {
    return new BatchHeader(project, producerId, epoch, batchNumber, sentAt, verdicts);
  }

  private String text() {
    if (input.parser().currentToken() != JsonToken.VALUE_STRING) {
      throw input.mismatch("a text");
    }
    String text = input.text();
    JsonTexts.encode(text);
    return text;
  }

  private boolean bool() {
    JsonToken token = input.parser().currentToken();
    if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
      throw input.mismatch("true or false");
    }
    return token == JsonToken.VALUE_TRUE;
  }
}
