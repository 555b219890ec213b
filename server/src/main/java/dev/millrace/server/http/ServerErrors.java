package dev.millrace.server.http;

import com.google.rpc.Code;
import com.google.rpc.Status;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Answers what went wrong outside of services: unknown paths, broken HTTP, exceptions of handlers.
 */
final class ServerErrors implements ServerErrorHandler {
  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
    RequestHeaders request = context.request().headers();
    if (cause instanceof HttpStatusException e) {
      return HttpErrors.response(of(e.httpStatus(), request, null), request);
    }
    if (cause instanceof HttpResponseException e) {
      return e.httpResponse();
    }
    return HttpErrors.response(ErrorMapper.toStatus(cause), request);
  }

  @Override
  public AggregatedHttpResponse onProtocolViolation(
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    return answer(headers, status, description);
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext context,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    return answer(headers, status, description);
  }

  private static AggregatedHttpResponse answer(
      @Nullable RequestHeaders headers, HttpStatus status, @Nullable String description) {
    Status body = of(status, headers, description);
    if (headers != null && isGrpc(headers)) {
      return HttpErrors.answer(body, headers);
    }
    AggregatedHttpResponse json = HttpErrors.json(body);
    // The HTTP status as it is: some, such as 431, have no code of their own.
    return AggregatedHttpResponse.of(
        json.headers().toBuilder().status(status).build(), HttpData.ofUtf8(HttpErrors.body(body)));
  }

  private static boolean isGrpc(RequestHeaders headers) {
    MediaType type = headers.contentType();
    return type != null && type.subtype().startsWith("grpc");
  }

  private static Status of(
      HttpStatus status, @Nullable RequestHeaders headers, @Nullable String description) {
    String path = headers == null ? "" : withoutQuery(headers.path());
    String name = headers == null ? "" : headers.method().name();
    return switch (status.code()) {
      case 404 -> {
        if (headers != null && isGrpc(headers)) {
          yield ErrorMapper.status(
              Code.UNIMPLEMENTED, "there is no method " + path.substring(1), "UNKNOWN_METHOD");
        }
        yield ErrorMapper.status(Code.NOT_FOUND, "there is nothing at " + path, "UNKNOWN_PATH");
      }
      case 405 ->
          ErrorMapper.status(
              Code.UNIMPLEMENTED, "%s doesn't take %s".formatted(path, name), HttpErrors.METHOD);
      case 413 ->
          ErrorMapper.status(
              Code.RESOURCE_EXHAUSTED, "the request is larger than allowed", HttpErrors.TOO_LARGE);
      case 415 ->
          ErrorMapper.status(
              Code.INVALID_ARGUMENT,
              "the content type of %s isn't one it takes".formatted(path),
              HttpErrors.MEDIA_TYPE);
      case 503 ->
          ErrorMapper.status(
              Code.UNAVAILABLE, "the server is stopping or overloaded", "UNAVAILABLE");
      default -> {
        String what = description == null ? status.reasonPhrase() : description;
        Code code = status.isServerError() ? Code.INTERNAL : Code.INVALID_ARGUMENT;
        yield ErrorMapper.status(
            code,
            "the HTTP request can't be served: " + what.toLowerCase(Locale.ROOT),
            "HTTP_" + status.code());
      }
    };
  }

  private static String withoutQuery(String path) {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }
}
