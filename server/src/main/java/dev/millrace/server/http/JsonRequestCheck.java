package dev.millrace.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.rpc.Code;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.http.json.JsonShape;
import dev.millrace.server.http.json.StrictJson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks calls made through JSON before Armeria's transcoder sees them, which would answer
 * malformed JSON with plain text, take unknown fields in silence and refuse bodies without a
 * content type.
 *
 * <p>Other calls pass untouched.
 */
final class JsonRequestCheck implements DecoratingHttpServiceFunction {
  private final List<TranscodedCall> calls;
  private final long requestBytesMax;

  JsonRequestCheck(List<TranscodedCall> calls, long requestBytesMax) {
    this.calls = List.copyOf(calls);
    this.requestBytesMax = requestBytesMax;
  }

  @Override
  public HttpResponse serve(
      HttpService delegate, ServiceRequestContext context, HttpRequest request) throws Exception {
    TranscodedCall call = TranscodedCall.find(calls, request.method(), context.path());
    if (call == null) {
      return delegate.serve(context, request);
    }
    context.setMaxRequestLength(requestBytesMax);
    return HttpResponse.of(
        request
            .aggregate()
            .handle(
                (whole, failure) ->
                    failure == null
                        ? checked(delegate, context, call, whole)
                        : HttpErrors.json(ErrorMapper.toStatus(failure)).toHttpResponse()));
  }

  private static HttpResponse checked(
      HttpService delegate,
      ServiceRequestContext context,
      TranscodedCall call,
      AggregatedHttpRequest request) {
    try {
      boolean hasBody = !call.body().isEmpty();
      if (hasBody) {
        MediaType type = request.contentType();
        if (type != null && !type.isJson()) {
          return unsupported(type);
        }
      }
      JsonShape shape = new JsonShape();
      if (hasBody) {
        body(shape, call, request.content());
      }
      query(shape, call, context);
      if (!shape.violations().isEmpty()) {
        throw new ApiException.InvalidArgument(shape.violations());
      }
      RequestHeaders headers =
          hasBody
              ? request.headers().toBuilder().contentType(MediaType.JSON).build()
              : request.headers().toBuilder().removeAndThen(HttpHeaderNames.CONTENT_TYPE).build();
      HttpRequest forwarded =
          HttpRequest.of(headers, hasBody ? request.content() : HttpData.empty());
      context.updateRequest(forwarded);
      return delegate.serve(context, forwarded);
    } catch (Exception e) {
      return HttpErrors.json(ErrorMapper.toStatus(e)).toHttpResponse();
    }
  }

  private static HttpResponse unsupported(MediaType type) {
    return HttpErrors.json(
            ErrorMapper.status(
                Code.INVALID_ARGUMENT,
                "the content type '%s' isn't application/json".formatted(type),
                HttpErrors.MEDIA_TYPE))
        .toHttpResponse();
  }

  private static void body(JsonShape shape, TranscodedCall call, HttpData content) {
    JsonNode json = StrictJson.parse(content.array(), "", "the body");
    if (call.body().equals("*")) {
      shape.message("", json, call.request());
    } else {
      FieldDescriptor field = call.request().findFieldByName(call.body());
      // The body is the field, so paths begin within it.
      shape.message("", json, field.getMessageType());
    }
  }

  private static void query(JsonShape shape, TranscodedCall call, ServiceRequestContext context) {
    for (Map.Entry<String, String> parameter : context.queryParams()) {
      String name = parameter.getKey();
      if (call.body().equals("*")) {
        shape.add(name, "unknown query parameter; the body holds the whole request");
        continue;
      }
      FieldDescriptor field = field(call, name);
      if (field == null) {
        shape.add(name, "unknown query parameter; allowed are " + JsonShape.names(call.request()));
      } else {
        parameter(shape, name, parameter.getValue(), field);
      }
    }
  }

  private static @Nullable FieldDescriptor field(TranscodedCall call, String name) {
    Descriptor type = call.request();
    FieldDescriptor field = null;
    for (String part : name.split("\\.", -1)) {
      if (field != null) {
        if (field.isRepeated() || field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
          return null;
        }
        type = field.getMessageType();
      }
      field = JsonShape.field(type, part);
      if (field == null
          || call.pathFields().contains(name)
          || call.body().equals(field.getName())) {
        return null;
      }
    }
    return field;
  }

  /** A query parameter is text, whatever it stands for: read as the JSON it would be. */
  private static void parameter(JsonShape shape, String name, String value, FieldDescriptor field) {
    if (field.isMapField() || isPlainMessage(field)) {
      shape.add(
          name,
          "can't be given as a query parameter; name a field of it, such as "
              + name
              + "."
              + field.getMessageType().getFields().getFirst().getJsonName());
      return;
    }
    if (field.getType() == FieldDescriptor.Type.BOOL) {
      if (!value.equals("true") && !value.equals("false")) {
        shape.add(name, "must be true or false, found \"" + value + "\"");
      }
      return;
    }
    JsonNode json = TextNode.valueOf(value);
    shape.field(
        name, field.isRepeated() ? JsonNodeFactory.instance.arrayNode().add(json) : json, field);
  }

  private static boolean isPlainMessage(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && !field.getMessageType().getFile().getPackage().equals("google.protobuf");
  }
}
