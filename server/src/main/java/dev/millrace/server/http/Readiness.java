package dev.millrace.server.http;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;

/** {@code /healthz}: the process runs. {@code /readyz}: requests are welcome. */
final class Readiness {
  private volatile boolean ready;

  void set(boolean now) {
    ready = now;
  }

  HttpService alive() {
    return (context, request) -> text(HttpStatus.OK, "ok\n");
  }

  HttpService ready() {
    return (context, request) ->
        ready
            ? text(HttpStatus.OK, "ready\n")
            : text(HttpStatus.SERVICE_UNAVAILABLE, "starting or stopping\n");
  }

  private static HttpResponse text(HttpStatus status, String text) {
    return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, text);
  }
}
