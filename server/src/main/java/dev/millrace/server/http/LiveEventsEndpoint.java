package dev.millrace.server.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.millrace.server.access.CurrentCaller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.TailSink;
import dev.millrace.server.live.Tails;
import dev.millrace.v1.TailEventsRequest;
import dev.millrace.v1.TailEventsResponse;
import java.text.ParseException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/live/events}: events as they are accepted, as server-sent events. Each message is
 * a {@code TailEventsResponse} in JSON with its position as id, so that a browser that reconnects
 * resumes where it was; signs of life are comments.
 */
public final class LiveEventsEndpoint implements HttpService {
  private static final String LAST_EVENT_ID = "last-event-id";
  private static final Set<String> PARAMETERS =
      Set.of("project", "where", "resumePosition", "heartbeatInterval");
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private final Tails tails;
  private final CurrentCaller caller;

  public LiveEventsEndpoint(Tails tails, CurrentCaller caller) {
    this.tails = tails;
    this.caller = caller;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    TailEventsRequest asked = asked(context, request.headers().get(LAST_EVENT_ID));
    String project = caller.get().project(asked.getProject(), Permission.READ);
    context.clearRequestTimeout();
    HttpResponseWriter response = HttpResponse.streaming();
    Sink sink = new Sink(response);
    Tails.Handle handle;
    try {
      handle = tails.open(project, asked, sink);
    } catch (RuntimeException e) {
      response.abort(e);
      throw e;
    }
    sink.attach(handle);
    var _ =
        response
            .whenComplete()
            .handle(
                (_, _) -> {
                  handle.cancel();
                  return null;
                });
    return response;
  }

  private static TailEventsRequest asked(
      ServiceRequestContext context, @Nullable String lastEventId) {
    for (Map.Entry<String, String> parameter : context.queryParams()) {
      if (!PARAMETERS.contains(parameter.getKey())) {
        throw new ApiException.InvalidArgument(
            parameter.getKey(),
            "unknown query parameter; allowed are project, where, resumePosition,"
                + " heartbeatInterval");
      }
    }
    TailEventsRequest.Builder asked =
        TailEventsRequest.newBuilder()
            .setProject(context.queryParams().get("project", ""))
            .setWhere(context.queryParams().get("where", ""))
            // What the browser saw last is later than what the page's address says.
            .setResumePosition(
                lastEventId == null
                    ? context.queryParams().get("resumePosition", "")
                    : lastEventId);
    String heartbeat = context.queryParam("heartbeatInterval");
    if (heartbeat != null) {
      try {
        asked.setHeartbeatInterval(Durations.parse(heartbeat));
      } catch (ParseException e) {
        throw new ApiException.InvalidArgument(
            "heartbeatInterval", "must be a duration in seconds such as 15s, found " + heartbeat);
      }
    }
    return asked.build();
  }

  /** The response as it is written. */
  private static final class Sink implements TailSink {
    private final HttpResponseWriter response;
    private final AtomicReference<Tails.@Nullable Handle> handle = new AtomicReference<>();
    private volatile boolean ready = true;

    Sink(HttpResponseWriter response) {
      this.response = response;
      response.write(
          ResponseHeaders.builder(HttpStatus.OK)
              .contentType(MediaType.EVENT_STREAM)
              .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
              .set("x-accel-buffering", "no")
              .build());
    }

    void attach(Tails.Handle opened) {
      handle.set(opened);
      opened.ready();
    }

    @Override
    public boolean ready() {
      return ready && response.isOpen();
    }

    @Override
    public void send(TailEventsResponse message) {
      String id = "id: " + message.getPosition() + "\n";
      write(
          message.getEventsCount() == 0
              ? ": heartbeat\n" + id + "\n"
              : id + "data: " + json(message) + "\n\n");
    }

    private static String json(TailEventsResponse message) {
      try {
        return PlainJson.of(PRINTER.print(message));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("an event that can't be written as JSON", e);
      }
    }

    private void write(String text) {
      ready = false;
      if (response.tryWrite(HttpData.ofUtf8(text))) {
        var _ = response.whenConsumed().thenRun(this::consumed);
      }
    }

    private void consumed() {
      ready = true;
      Tails.Handle opened = handle.get();
      if (opened != null) {
        opened.ready();
      }
    }

    @Override
    public void stop(ApiException.Unavailable reason) {
      boolean _ = response.tryWrite(HttpData.ofUtf8(": the server is stopping\n\n"));
      response.close();
    }

    @Override
    public void fail(RuntimeException error) {
      String body = HttpErrors.body(ErrorMapper.toStatus(error)).strip();
      boolean _ = response.tryWrite(HttpData.ofUtf8("event: error\ndata: " + body + "\n\n"));
      response.close();
    }
  }
}
