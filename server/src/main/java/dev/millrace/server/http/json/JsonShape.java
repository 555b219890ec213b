package dev.millrace.server.http.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import dev.millrace.server.error.ApiException.FieldViolation;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.text.ParseException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares JSON with the message it is to become, and collects every difference with its path.
 * Follows the proto3 JSON mapping, but takes texts only as texts and truth values only as truth
 * values. Made for one request and used once.
 */
public final class JsonShape {
  private static final int VIOLATIONS_MAX = 20;
  private static final BigInteger UINT64_MAX =
      BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private final List<FieldViolation> violations = new ArrayList<>();

  /** What was found so far, in the order of the JSON; at most 20. */
  public List<FieldViolation> violations() {
    return violations;
  }

  public void add(String path, String description) {
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add(new FieldViolation(path, description));
    }
  }

  /** Checks an object against a message type. */
  public void message(String path, JsonNode json, Descriptor type) {
    if (!json.isObject()) {
      add(path, "must be an object, found " + describe(json));
      return;
    }
    for (Map.Entry<String, JsonNode> member : json.properties()) {
      FieldDescriptor field = field(type, member.getKey());
      String memberPath = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
      if (field == null) {
        add(memberPath, "unknown field; allowed are " + names(type));
      } else if (!member.getValue().isNull() || isAnyValue(field)) {
        field(memberPath, member.getValue(), field);
      }
    }
  }

  /** Checks the value of a field. */
  public void field(String path, JsonNode json, FieldDescriptor field) {
    if (field.isMapField()) {
      map(path, json, field.getMessageType().findFieldByName("value"));
    } else if (field.isRepeated()) {
      list(path, json, field);
    } else {
      value(path, json, field);
    }
  }

  private void map(String path, JsonNode json, FieldDescriptor valueField) {
    if (!json.isObject()) {
      add(path, "must be an object, found " + describe(json));
      return;
    }
    for (Map.Entry<String, JsonNode> member : json.properties()) {
      value(path + "." + member.getKey(), member.getValue(), valueField);
    }
  }

  private void list(String path, JsonNode json, FieldDescriptor field) {
    if (!json.isArray()) {
      add(path, "must be a list, found " + describe(json));
      return;
    }
    int index = 0;
    for (Iterator<JsonNode> elements = json.elements(); elements.hasNext(); index++) {
      value(path + "[" + index + "]", elements.next(), field);
    }
  }

  private void value(String path, JsonNode json, FieldDescriptor field) {
    switch (field.getType()) {
      case INT32, SINT32, SFIXED32 ->
          integer(
              path,
              json,
              BigInteger.valueOf(Integer.MIN_VALUE),
              BigInteger.valueOf(Integer.MAX_VALUE));
      case UINT32, FIXED32 ->
          integer(path, json, BigInteger.ZERO, BigInteger.valueOf(0xffff_ffffL));
      case INT64, SINT64, SFIXED64 ->
          integer(
              path, json, BigInteger.valueOf(Long.MIN_VALUE), BigInteger.valueOf(Long.MAX_VALUE));
      case UINT64, FIXED64 -> integer(path, json, BigInteger.ZERO, UINT64_MAX);
      case DOUBLE, FLOAT -> number(path, json);
      case BOOL -> {
        if (!json.isBoolean()) {
          add(path, "must be true or false, found " + describe(json));
        }
      }
      case STRING -> text(path, json);
      case BYTES -> bytes(path, json);
      case ENUM -> constant(path, json, field.getEnumType());
      case MESSAGE, GROUP -> special(path, json, field.getMessageType());
    }
  }

  /** A message, or one of the types that have a JSON form of their own. */
  private void special(String path, JsonNode json, Descriptor type) {
    switch (type.getFullName()) {
      case "google.protobuf.Timestamp" ->
          parsed(path, json, "a time such as \"2026-01-15T10:30:00Z\"", JsonShape::time);
      case "google.protobuf.Duration" ->
          parsed(path, json, "a duration in seconds such as \"1.5s\"", Durations::parse);
      case "google.protobuf.FieldMask" -> text(path, json);
      case "google.protobuf.Struct" -> {
        if (!json.isObject()) {
          add(path, "must be an object, found " + describe(json));
        }
      }
      case "google.protobuf.ListValue" -> {
        if (!json.isArray()) {
          add(path, "must be a list, found " + describe(json));
        }
      }
      case "google.protobuf.Value" -> {
        // Anything will do.
      }
      default -> message(path, json, type);
    }
  }

  /** Protobuf's own parser would take the 13th month as the next January. */
  private static Object time(String text) throws ParseException {
    OffsetDateTime strict = OffsetDateTime.parse(text);
    Timestamps.parse(text);
    return strict;
  }

  private interface Parser {
    Object parse(String text) throws ParseException;
  }

  private void parsed(String path, JsonNode json, String what, Parser parser) {
    if (!json.isTextual()) {
      add(path, "must be " + what + ", found " + describe(json));
      return;
    }
    try {
      parser.parse(json.textValue());
    } catch (ParseException | RuntimeException e) {
      add(path, "must be " + what + ", found " + describe(json));
    }
  }

  private void integer(String path, JsonNode json, BigInteger min, BigInteger max) {
    BigInteger number = integer(json);
    if (number == null) {
      add(path, "must be a whole number, found " + describe(json));
    } else if (number.compareTo(min) < 0 || number.compareTo(max) > 0) {
      add(path, "must be from %d to %d, found %s".formatted(min, max, describe(json)));
    }
  }

  private static @Nullable BigInteger integer(JsonNode json) {
    if (!json.isNumber() && !json.isTextual()) {
      return null;
    }
    try {
      // Bounded first: 1e999999999 would be a number of a billion digits.
      BigDecimal decimal = new BigDecimal(json.asText());
      if (decimal.precision() - (long) decimal.scale() > 40) {
        return null;
      }
      return decimal.toBigIntegerExact();
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  private void number(String path, JsonNode json) {
    if (json.isNumber()) {
      if (Double.isInfinite(json.doubleValue())) {
        add(path, "must be within the range of doubles, found " + describe(json));
      }
      return;
    }
    boolean number = json.isTextual() && isNumber(json.textValue());
    if (!number) {
      add(path, "must be a number, found " + describe(json));
    }
  }

  private static boolean isNumber(String text) {
    if (text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity")) {
      return true;
    }
    try {
      new BigDecimal(text);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private void text(String path, JsonNode json) {
    if (!json.isTextual()) {
      add(path, "must be a text, found " + describe(json));
    }
  }

  private void bytes(String path, JsonNode json) {
    boolean good = json.isTextual();
    if (good) {
      try {
        byte[] _ = Base64.getDecoder().decode(json.textValue().replace('-', '+').replace('_', '/'));
      } catch (IllegalArgumentException e) {
        good = false;
      }
    }
    if (!good) {
      add(path, "must be bytes in Base64, found " + describe(json));
    }
  }

  private void constant(String path, JsonNode json, EnumDescriptor type) {
    boolean known =
        json.isTextual()
            ? type.findValueByName(json.textValue()) != null
            : json.isInt() && type.findValueByNumber(json.intValue()) != null;
    if (!known) {
      // The first constant is the one for "not set".
      String allowed =
          type.getValues().stream()
              .filter(value -> value.getNumber() != 0)
              .map(EnumValueDescriptor::getName)
              .collect(Collectors.joining(", "));
      add(path, "must be one of " + allowed + ", found " + describe(json));
    }
  }

  private static boolean isAnyValue(FieldDescriptor field) {
    return !field.isRepeated()
        && field.getType() == FieldDescriptor.Type.MESSAGE
        && field.getMessageType().getFullName().equals("google.protobuf.Value");
  }

  /** The field of this JSON name, or of this name in the contract, which the mapping allows too. */
  public static @Nullable FieldDescriptor field(Descriptor type, String name) {
    FieldDescriptor byName = type.findFieldByName(name);
    if (byName != null) {
      return byName;
    }
    for (FieldDescriptor field : type.getFields()) {
      if (field.getJsonName().equals(name)) {
        return field;
      }
    }
    return null;
  }

  public static String names(Descriptor type) {
    return type.getFields().isEmpty()
        ? "none"
        : type.getFields().stream()
            .map(FieldDescriptor::getJsonName)
            .collect(Collectors.joining(", "));
  }

  private static String describe(JsonNode json) {
    return switch (json.getNodeType()) {
      case OBJECT -> "an object";
      case ARRAY -> "a list";
      case NULL, MISSING -> "null";
      default -> abbreviated(json.toString());
    };
  }

  private static String abbreviated(String text) {
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
