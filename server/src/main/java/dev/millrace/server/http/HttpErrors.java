package dev.millrace.server.http;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Writes a {@code google.rpc.Status} as the answer to a request, in the terms the request came in.
 */
public final class HttpErrors {
  /** The reason of requests that are too large, which have an HTTP status of their own. */
  static final String TOO_LARGE = "REQUEST_TOO_LARGE";

  /** The reason of bodies that aren't JSON by their content type. */
  static final String MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE";

  /** The reason of paths that know another HTTP method only. */
  static final String METHOD = "METHOD_NOT_ALLOWED";

  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .usingTypeRegistry(
              TypeRegistry.newBuilder()
                  .add(BadRequest.getDescriptor())
                  .add(RetryInfo.getDescriptor())
                  .add(ErrorInfo.getDescriptor())
                  .build())
          .omittingInsignificantWhitespace();

  private HttpErrors() {}

  /** The answer to a request with these headers. */
  static AggregatedHttpResponse answer(Status status, RequestHeaders request) {
    MediaType type = request.contentType();
    return type != null && type.subtype().startsWith("grpc") ? grpc(status, type) : json(status);
  }

  /** The same, to be returned by a service. */
  static HttpResponse response(Status status, RequestHeaders request) {
    return answer(status, request).toHttpResponse();
  }

  /** The answer to a request that isn't one of gRPC. */
  public static AggregatedHttpResponse json(Status status) {
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(httpStatus(status)).contentType(MediaType.JSON);
    RetryInfo retry = detail(status, RetryInfo.class);
    if (retry != null) {
      // Whole seconds, rounded up: a client must not come back too early.
      long millis = Durations.toMillis(retry.getRetryDelay());
      headers.set(HttpHeaderNames.RETRY_AFTER, Long.toString(Math.max(1, (millis + 999) / 1000)));
    }
    if (status.getCode() == Code.UNAUTHENTICATED_VALUE) {
      headers.set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    return AggregatedHttpResponse.of(headers.build(), HttpData.ofUtf8(body(status)));
  }

  /** The body of an error: {@code {"code":3,"message":"…","details":[…]}}. */
  public static String body(Status status) {
    try {
      return PlainJson.of(PRINTER.print(status)) + "\n";
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a detail of an unknown type", e);
    }
  }

  private static AggregatedHttpResponse grpc(Status status, MediaType type) {
    String details = Base64.getEncoder().withoutPadding().encodeToString(status.toByteArray());
    return AggregatedHttpResponse.of(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(type)
            .set("grpc-status", Integer.toString(status.getCode()))
            .set("grpc-message", percentEncoded(status.getMessage()))
            .set("grpc-status-details-bin", details)
            .build());
  }

  private static String percentEncoded(String message) {
    return URLEncoder.encode(message, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static HttpStatus httpStatus(Status status) {
    ErrorInfo info = detail(status, ErrorInfo.class);
    HttpStatus special =
        switch (info == null ? "" : info.getReason()) {
          case TOO_LARGE -> HttpStatus.REQUEST_ENTITY_TOO_LARGE;
          case MEDIA_TYPE -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
          case METHOD -> HttpStatus.METHOD_NOT_ALLOWED;
          default -> null;
        };
    if (special != null) {
      return special;
    }
    Code code = Code.forNumber(status.getCode());
    return switch (code == null ? Code.UNKNOWN : code) {
      case OK -> HttpStatus.OK;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> HttpStatus.BAD_REQUEST;
      case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
      case PERMISSION_DENIED -> HttpStatus.FORBIDDEN;
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case ALREADY_EXISTS, ABORTED -> HttpStatus.CONFLICT;
      case RESOURCE_EXHAUSTED -> HttpStatus.TOO_MANY_REQUESTS;
      case CANCELLED -> HttpStatus.valueOf(499);
      case UNIMPLEMENTED -> HttpStatus.NOT_IMPLEMENTED;
      case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
      case DEADLINE_EXCEEDED -> HttpStatus.GATEWAY_TIMEOUT;
      case INTERNAL, UNKNOWN, DATA_LOSS, UNRECOGNIZED -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }

  static <T extends com.google.protobuf.Message> @Nullable T detail(Status status, Class<T> type) {
    for (Any any : status.getDetailsList()) {
      if (any.is(type)) {
        try {
          return any.unpack(type);
        } catch (InvalidProtocolBufferException e) {
          return null;
        }
      }
    }
    return null;
  }
}
