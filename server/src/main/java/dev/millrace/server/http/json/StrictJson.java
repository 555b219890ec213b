package dev.millrace.server.http.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.millrace.server.error.ApiException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads JSON as it must be: no duplicate names, nothing after the end, UTF-8. Thread-safe. */
public final class StrictJson {
  private static final int DEPTH_MAX = 64;
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private StrictJson() {}

  /**
   * Reads a value.
   *
   * @param what what it is, for errors: {@code the body} or {@code the message}
   * @param field the request field it stands in; empty if it is the request
   * @throws ApiException.InvalidArgument if it isn't JSON, or empty
   */
  public static JsonNode parse(byte[] bytes, String field, String what) {
    try {
      // Jackson reads broken UTF-8 leniently in places.
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException e) {
      throw new ApiException.InvalidArgument(field, what + " isn't valid UTF-8");
    }
    try (JsonParser parser = JSON.createParser(bytes)) {
      JsonNode json = bytes.length == 0 ? null : JSON.readTree(parser);
      if (json == null || json.isMissingNode()) {
        throw new ApiException.InvalidArgument(field, what + " is empty, it must be a JSON object");
      }
      if (parser.nextToken() != null) {
        throw new ApiException.InvalidArgument(
            field, what + " goes on after the end of the JSON object");
      }
      return json;
    } catch (JsonProcessingException e) {
      throw new ApiException.InvalidArgument(field, what + " isn't valid JSON" + where(e));
    } catch (IOException e) {
      throw new ApiException.InvalidArgument(field, what + " isn't valid JSON");
    }
  }

  /**
   * The place and the parser's words, which name no class of ours: they are about the text alone.
   */
  private static String where(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    int advice = message == null ? -1 : message.indexOf(" (");
    String what = message == null ? "" : advice < 0 ? message : message.substring(0, advice);
    String place =
        e.getLocation() == null
            ? ""
            : " (line %d, column %d)"
                .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    return place + (what.isEmpty() ? "" : ": " + what);
  }

  /**
   * Reads a message, and refuses what it doesn't know.
   *
   * @param path where the JSON stands in the request, for errors
   * @throws ApiException.InvalidArgument with every difference from the message
   */
  public static <B extends Message.Builder> B message(String json, String path, B into) {
    return message(parse(json.getBytes(StandardCharsets.UTF_8), path, "the text"), path, into);
  }

  /** The same, of JSON that has been read. */
  public static <B extends Message.Builder> B message(JsonNode json, String path, B into) {
    JsonShape shape = new JsonShape();
    shape.message(path, json, into.getDescriptorForType());
    if (!shape.violations().isEmpty()) {
      throw new ApiException.InvalidArgument(shape.violations());
    }
    try {
      JsonFormat.parser().merge(json.toString(), into);
      return into;
    } catch (InvalidProtocolBufferException e) {
      throw new ApiException.InvalidArgument(path, "can't be read");
    }
  }
}
