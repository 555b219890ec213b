package dev.millrace.server.http;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.grpc.GrpcJsonMarshaller;
import dev.millrace.server.live.feed.Update;
import dev.millrace.v1.Event;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How messages are written as JSON: the fields of an answer always, also when they are 0 or empty,
 * so that readers can rely on them; those of events, rows and questions within it only where they
 * say something.
 */
final class JsonAnswers implements GrpcJsonMarshaller {
  private final GrpcJsonMarshaller requests = GrpcJsonMarshaller.builderForGson().build();
  private final JsonFormat.Printer printer;

  JsonAnswers(List<ServerServiceDefinition> services) {
    printer =
        JsonFormat.printer()
            .omittingInsignificantWhitespace()
            .includingDefaultValueFields(alwaysPrinted(services));
  }

  private static Set<FieldDescriptor> alwaysPrinted(List<ServerServiceDefinition> services) {
    Set<FieldDescriptor> fields = new HashSet<>();
    Set<Descriptor> seen = new HashSet<>();
    for (ServerServiceDefinition service : services) {
      for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
        if (method.getMethodDescriptor().getSchemaDescriptor()
            instanceof ProtoMethodDescriptorSupplier supplier) {
          collect(supplier.getMethodDescriptor().getOutputType(), fields, seen);
        }
      }
    }
    return fields;
  }

  private static void collect(Descriptor type, Set<FieldDescriptor> fields, Set<Descriptor> seen) {
    if (!seen.add(type) || !type.getFile().getPackage().startsWith("millrace.")) {
      return;
    }
    boolean sparse = isSparse(type);
    for (FieldDescriptor field : type.getFields()) {
      if (!sparse && !field.hasPresence()) {
        fields.add(field);
      }
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField()) {
        collect(field.getMessageType(), fields, seen);
      }
    }
  }

  private static boolean isSparse(Descriptor type) {
    return type.getFile().equals(Event.getDescriptor().getFile())
        || (type.getFile().getName().endsWith("/query.proto")
            && !type.getName().equals("QueryStats"))
        || type.getName().equals("EventVerdict");
  }

  @Override
  public <T> void serializeMessage(
      MethodDescriptor.Marshaller<T> marshaller, T message, OutputStream out) throws IOException {
    // Updates are bytes that are shared, unless somebody wants gRPC with JSON.
    MessageOrBuilder plain =
        message instanceof Update update ? update.message() : (MessageOrBuilder) message;
    String json = printer.print(plain);
    out.write(PlainJson.of(json).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public <T> T deserializeMessage(MethodDescriptor.Marshaller<T> marshaller, InputStream in)
      throws IOException {
    return requests.deserializeMessage(known(marshaller), in);
  }

  /** Methods that take wire bytes as they are have nothing that JSON could become. */
  private static <T> MethodDescriptor.Marshaller<T> known(
      MethodDescriptor.Marshaller<T> marshaller) {
    if (!(marshaller instanceof PrototypeMarshaller)) {
      throw Status.UNIMPLEMENTED
          .withDescription("this method is called with protobuf messages, not with JSON")
          .asRuntimeException();
    }
    return marshaller;
  }
}
