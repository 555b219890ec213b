package dev.millrace.server.query;

import com.google.protobuf.Value;
import dev.millrace.server.event.Kind;
import dev.millrace.server.query.operator.Figure;
import dev.millrace.server.query.plan.SchemaScan;
import dev.millrace.server.query.time.Micros;
import dev.millrace.v1.EventTypeSchema;
import dev.millrace.v1.FieldSchema;
import dev.millrace.v1.GetSchemaResponse;
import java.util.ArrayList;
import java.util.List;

/** Turns schemas into messages. */
final class SchemaMapper {
  private SchemaMapper() {}

  static GetSchemaResponse.Builder response(SchemaScan.Schema schema) {
    GetSchemaResponse.Builder response = GetSchemaResponse.newBuilder();
    for (SchemaScan.TypeSummary type : schema.types()) {
      response.addTypes(
          EventTypeSchema.newBuilder()
              .setType(type.type())
              .setCount(type.count())
              .setFirstTime(ProtoValues.timestamp(type.firstTime()))
              .setLastTime(ProtoValues.timestamp(type.lastTime())));
    }
    List<FieldSchema> fields = new ArrayList<>();
    schema.fields().forEach(field -> fields.add(field(field)));
    SchemaScan.FieldSummary times = schema.times();
    if (times != null) {
      fields.add(time(times));
    }
    fields.sort((a, b) -> a.getName().compareTo(b.getName()));
    return response.addAllFields(fields);
  }

  private static FieldSchema field(SchemaScan.FieldSummary field) {
    FieldSchema.Builder message = summary(field);
    for (Kind kind : field.kinds()) {
      switch (kind) {
        case TEXT -> message.addKinds(FieldSchema.Kind.TEXT);
        case NUMBER -> message.addKinds(FieldSchema.Kind.NUMBER);
        case BOOLEAN -> message.addKinds(FieldSchema.Kind.BOOLEAN);
        case LIST -> message.addKinds(FieldSchema.Kind.LIST);
        // An object without members is none of the kinds that questions know.
        case EMPTY_OBJECT, MISSING, NULL -> {}
      }
    }
    field.examples().forEach(example -> message.addExamples(ProtoValues.value(example)));
    return message.build();
  }

  private static FieldSchema time(SchemaScan.FieldSummary times) {
    FieldSchema.Builder message = summary(times).addKinds(FieldSchema.Kind.TIME);
    for (Object example : times.examples()) {
      if (example instanceof Double micros) {
        String text = Micros.instant(micros.longValue()).toString();
        message.addExamples(Value.newBuilder().setStringValue(text));
      }
    }
    return message.build();
  }

  private static FieldSchema.Builder summary(SchemaScan.FieldSummary field) {
    FieldSchema.Builder message =
        FieldSchema.newBuilder().setName(field.name()).setCount(field.count());
    Double cardinality = field.cardinality().number();
    message.setCardinality(cardinality == null ? 0 : cardinality);
    Figure.Bounds bounds = field.cardinality().bounds();
    if (bounds != null) {
      message.setCardinalityBounds(RowMapper.bounds(bounds));
    }
    return message;
  }
}
