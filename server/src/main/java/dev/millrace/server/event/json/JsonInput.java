package dev.millrace.server.event.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.BrokenEvent;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.RejectReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a JSON text in UTF-8, with what both decoders need: events that reject themselves,
 * and errors in the words of the API.
 */
final class JsonInput {
  /** Too deep for any event, which then rejects itself: what is skipped takes no stack. */
  private static final int NESTING_MAX = 2_000;

  private static final int NUMBER_CHARACTERS_MAX = 1_000;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(NESTING_MAX)
                  .maxNumberLength(NUMBER_CHARACTERS_MAX)
                  .build())
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private final byte[] bytes;
  private final int start;
  private final JsonParser parser;

  JsonInput(byte[] bytes) {
    this(bytes, byteOrderMark(bytes));
  }

  private JsonInput(byte[] bytes, int start) {
    this.bytes = bytes;
    this.start = start;
    try {
      this.parser = FACTORY.createParser(bytes, start, bytes.length - start);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int byteOrderMark(byte[] bytes) {
    boolean marked =
        bytes.length >= 3
            && bytes[0] == (byte) 0xef
            && bytes[1] == (byte) 0xbb
            && bytes[2] == (byte) 0xbf;
    return marked ? 3 : 0;
  }

  JsonParser parser() {
    return parser;
  }

  /** Another reading of the same text, which begins before the current token. */
  JsonInput again() {
    return new JsonInput(bytes, offset(parser.currentTokenLocation()));
  }

  /** Moves on. NOT_AVAILABLE at the end of the text. */
  JsonToken next() {
    try {
      JsonToken token = parser.nextToken();
      return token == null ? JsonToken.NOT_AVAILABLE : token;
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** The name of the member that the parser is at. */
  String name() {
    try {
      return parser.currentName();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** The text of the current token as it stands, also of a number. */
  String text() {
    try {
      return parser.getText();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /**
   * The number at the current token.
   *
   * @throws BrokenEvent with NUMBER_NOT_FINITE if a double can't hold it
   */
  double number() {
    try {
      double number = parser.getDoubleValue();
      if (!Double.isFinite(number)) {
        throw new BrokenEvent(
            RejectReason.NUMBER_NOT_FINITE,
            "",
            "found %s, numbers are doubles of at most 1.8e308"
                .formatted(shortened(parser.getText())));
      }
      return number;
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** Goes to the end of the object or array that begins here; nothing to do for other tokens. */
  void skipChildren() {
    try {
      parser.skipChildren();
      parser.finishToken();
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** Checks that nothing follows. */
  void end() {
    if (next() != JsonToken.NOT_AVAILABLE) {
      throw new ApiException.InvalidArgument("", "found more JSON after the end of the request");
    }
  }

  /** Reads one event, an object, into the row that was begun for it. */
  @FunctionalInterface
  interface EventReader {
    /** Starts at the object's first brace and stops at its last one. */
    void read(int row);
  }

  /**
   * Reads the event at the current token into a new row. If it is broken, or larger than allowed,
   * the row is rejected and the rest of the event skipped.
   */
  void event(EventBatch batch, EventLimits limits, EventReader reader) {
    int row = batch.beginRow();
    int start = offset(parser.currentTokenLocation());
    JsonToken first = parser.currentToken();
    @Nullable BrokenEvent broken = null;
    if (first == JsonToken.START_OBJECT) {
      int depth = parser.getParsingContext().getNestingDepth();
      try {
        reader.read(row);
      } catch (BrokenEvent e) {
        broken = e;
        while (parser.getParsingContext().getNestingDepth() >= depth) {
          next();
        }
      }
    } else {
      broken = mismatch("an object");
      skipChildren();
    }
    int length = offset(parser.currentLocation()) - start;
    batch.original(row, start, length);
    if (length > limits.eventBytes()) {
      broken =
          new BrokenEvent(
              RejectReason.EVENT_TOO_LARGE,
              "",
              "found %,d bytes, at most %,d are allowed".formatted(length, limits.eventBytes()));
    }
    if (broken != null) {
      batch.reject(row, broken.reason(), broken.field(), broken.message());
    }
  }

  private int offset(JsonLocation location) {
    // Locations count from where parsing began.
    int offset = (int) location.getByteOffset() + start;
    return Math.min(offset, bytes.length);
  }

  /** What is thrown for a token of a kind that can't be there. */
  BrokenEvent mismatch(String expected) {
    return new BrokenEvent(
        RejectReason.MALFORMED, "", "found %s, expected %s".formatted(found(), expected));
  }

  /** The current token in words. */
  String found() {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT, END_OBJECT -> "an object";
      case START_ARRAY, END_ARRAY -> "an array";
      case VALUE_STRING -> "the text '" + shortened(text()) + "'";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "the number " + shortened(text());
      case VALUE_TRUE -> "true";
      case VALUE_FALSE -> "false";
      case VALUE_NULL -> "null";
      default -> "something else";
    };
  }

  static String shortened(String text) {
    int max = 40;
    if (text.length() <= max) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
    return text.substring(0, end) + "…";
  }

  static ApiException.InvalidArgument malformed(IOException e) {
    if (e instanceof JsonProcessingException problem) {
      JsonLocation location = problem.getLocation();
      String where =
          location == null
              ? ""
              : " at line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
      return new ApiException.InvalidArgument(
          "", "malformed JSON%s: %s".formatted(where, problem.getOriginalMessage()));
    }
    return new ApiException.InvalidArgument("", "malformed JSON");
  }
}
