package dev.millrace.server.http.live;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.http.ErrorMapper;
import dev.millrace.server.http.HttpErrors;

/**
 * A response that goes on and on, a message at a time: the next one is welcome when the one before
 * has gone to the socket. Written by one thread at a time.
 */
final class TextStream {
  private final TextFormat format;
  private final HttpResponseWriter response = HttpResponse.streaming();
  private volatile Runnable onReady = () -> {};
  private volatile boolean ready = true;
  private boolean begun;

  TextStream(TextFormat format) {
    this.format = format;
  }

  HttpResponse response() {
    return response;
  }

  /** What to call when a message is welcome again, and when the reader has gone. */
  void attach(Runnable whenReady, Runnable whenGone) {
    onReady = whenReady;
    var _ =
        response
            .whenComplete()
            .handle(
                (nothing, failure) -> {
                  whenGone.run();
                  return null;
                });
    whenReady.run();
  }

  boolean ready() {
    return ready && response.isOpen();
  }

  void write(HttpData data) {
    begin();
    ready = false;
    if (response.tryWrite(data)) {
      var _ = response.whenConsumed().thenRun(this::consumed);
    }
  }

  private void begin() {
    if (!begun) {
      begun = true;
      boolean _ =
          response.tryWrite(
              ResponseHeaders.builder(HttpStatus.OK)
                  .contentType(format.type())
                  .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                  .set("x-accel-buffering", "no")
                  .build());
    }
  }

  private void consumed() {
    ready = true;
    onReady.run();
  }

  /** Ends it because the server stops. */
  void stop(ApiException.Unavailable reason) {
    if (begun) {
      end(format.stopping(body(reason)));
    } else {
      fail(reason);
    }
  }

  /** Ends it with an error: the answer itself, if nothing has been sent. */
  void fail(RuntimeException error) {
    if (begun) {
      end(format.failure(body(error)));
    } else {
      begun = true;
      AggregatedHttpResponse answer = HttpErrors.json(ErrorMapper.toStatus(error));
      boolean _ = response.tryWrite(answer.headers()) && response.tryWrite(answer.content());
      response.close();
    }
  }

  private static String body(RuntimeException error) {
    return HttpErrors.body(ErrorMapper.toStatus(error)).strip();
  }

  private void end(String last) {
    boolean _ = response.tryWrite(HttpData.ofUtf8(last));
    response.close();
  }
}
