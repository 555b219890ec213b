package dev.millrace.server.http.live;

import com.google.protobuf.Duration;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.millrace.server.access.Caller;
import dev.millrace.server.access.CurrentCaller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.live.TailSink;
import dev.millrace.server.live.Tails;
import dev.millrace.v1.TailEventsRequest;
import dev.millrace.v1.TailEventsResponse;
import java.util.List;

/**
 * {@code GET /v1/live/events}: events as they are accepted, as server-sent events or lines of JSON.
 * Each message is a {@code TailEventsResponse} in JSON with its position as id, so that a browser
 * that reconnects resumes where it was; signs of life are comments.
 */
public final class LiveEventsEndpoint implements HttpService {
  private static final List<String> PARAMETERS =
      List.of("project", "where", "resumePosition", "heartbeatInterval");

  private final Tails tails;
  private final CurrentCaller caller;

  public LiveEventsEndpoint(Tails tails, CurrentCaller caller) {
    this.tails = tails;
    this.caller = caller;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    TailEventsRequest asked = asked(new StreamParameters(context, request, PARAMETERS));
    Caller who = caller.get();
    String project = who.project(asked.getProject(), Permission.READ);
    context.clearRequestTimeout();
    TextFormat format = TextFormat.of(request.headers());
    TextStream stream = new TextStream(format);
    Tails.Handle handle;
    try {
      handle = tails.open(who.name(), project, asked, new Sink(format, stream));
    } catch (RuntimeException e) {
      stream.response().abort(e);
      throw e;
    }
    stream.attach(handle::ready, handle::cancel);
    return stream.response();
  }

  private static TailEventsRequest asked(StreamParameters parameters) {
    TailEventsRequest.Builder asked =
        TailEventsRequest.newBuilder()
            .setProject(parameters.text("project"))
            .setWhere(parameters.text("where"))
            .setResumePosition(parameters.resumePosition());
    Duration heartbeat = parameters.duration("heartbeatInterval");
    if (heartbeat != null) {
      asked.setHeartbeatInterval(heartbeat);
    }
    return asked.build();
  }

  private record Sink(TextFormat format, TextStream stream) implements TailSink {
    @Override
    public boolean ready() {
      return stream.ready();
    }

    @Override
    public void send(TailEventsResponse message) {
      stream.write(HttpData.ofUtf8(format.events(message)));
    }

    @Override
    public void stop(ApiException.Unavailable reason) {
      stream.stop(reason);
    }

    @Override
    public void fail(RuntimeException error) {
      stream.fail(error);
    }
  }
}
