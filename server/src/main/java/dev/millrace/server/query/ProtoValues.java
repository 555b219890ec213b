package dev.millrace.server.query;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.millrace.server.query.time.Micros;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns values and times into messages and back. */
final class ProtoValues {
  private ProtoValues() {}

  /** Null, a Boolean, Double, String, or a List or Map of these. */
  static @Nullable Object of(Value value) {
    return switch (value.getKindCase()) {
      case NULL_VALUE, KIND_NOT_SET -> null;
      case BOOL_VALUE -> value.getBoolValue();
      case NUMBER_VALUE -> value.getNumberValue();
      case STRING_VALUE -> value.getStringValue();
      case LIST_VALUE -> {
        List<@Nullable Object> list = new ArrayList<>();
        value.getListValue().getValuesList().forEach(element -> list.add(of(element)));
        yield list;
      }
      case STRUCT_VALUE -> value.getStructValue().getFieldsMap();
    };
  }

  static Value value(@Nullable Object value) {
    Value.Builder builder = Value.newBuilder();
    switch (value) {
      case null -> builder.setNullValue(NullValue.NULL_VALUE);
      case Boolean truth -> builder.setBoolValue(truth);
      case Double number -> builder.setNumberValue(number);
      case String text -> builder.setStringValue(text);
      case List<?> list -> {
        ListValue.Builder elements = ListValue.newBuilder();
        list.forEach(element -> elements.addValues(value(element)));
        builder.setListValue(elements);
      }
      case Map<?, ?> map -> {
        Struct.Builder members = Struct.newBuilder();
        map.forEach((key, member) -> members.putFields(String.valueOf(key), value(member)));
        builder.setStructValue(members);
      }
      default -> throw new IllegalArgumentException("not a value: " + value.getClass());
    }
    return builder.build();
  }

  static Timestamp timestamp(long micros) {
    return timestamp(Micros.instant(micros));
  }

  static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
