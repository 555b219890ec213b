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
import dev.millrace.server.http.json.StrictJson;
import dev.millrace.server.live.Subscriptions;
import dev.millrace.server.live.feed.Subscriber;
import dev.millrace.server.live.feed.Update;
import dev.millrace.server.live.feed.UpdateSink;
import dev.millrace.v1.Announcement;
import dev.millrace.v1.Query;
import dev.millrace.v1.SubscribeRequest;
import java.util.List;

/**
 * {@code GET /v1/live?query=<JSON>}: the answer to a query and what changes in it, as server-sent
 * events or, where {@code application/x-ndjson} is accepted, as lines of JSON. Each message is a
 * {@code SubscribeResponse} in JSON with its position as id, so that a browser that reconnects
 * resumes where it was.
 */
public final class LiveQueryEndpoint implements HttpService {
  private static final List<String> PARAMETERS =
      List.of("project", "query", "channel", "minInterval", "heartbeatInterval", "resumePosition");

  private final Subscriptions subscriptions;
  private final CurrentCaller caller;

  public LiveQueryEndpoint(Subscriptions subscriptions, CurrentCaller caller) {
    this.subscriptions = subscriptions;
    this.caller = caller;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    SubscribeRequest asked = asked(new StreamParameters(context, request, PARAMETERS));
    Caller who = caller.get();
    String project = who.project(asked.getProject(), Permission.READ);
    context.clearRequestTimeout();
    TextFormat format = TextFormat.of(request.headers());
    TextStream stream = new TextStream(format);
    Subscriber subscriber;
    try {
      subscriber =
          subscriptions.open(
              asked,
              new Subscriptions.Reader(
                  who.name(),
                  project,
                  context.eventLoop().withoutContext(),
                  true,
                  new Sink(format, stream)));
    } catch (RuntimeException e) {
      stream.response().abort(e);
      throw e;
    }
    stream.attach(subscriber::ready, subscriber::cancel);
    return stream.response();
  }

  private static SubscribeRequest asked(StreamParameters parameters) {
    SubscribeRequest.Builder asked =
        SubscribeRequest.newBuilder()
            .setProject(parameters.text("project"))
            .setChannel(parameters.text("channel"))
            .setResumePosition(parameters.resumePosition());
    String query = parameters.text("query");
    if (!query.isEmpty()) {
      asked.setQuery(StrictJson.message(query, "query", Query.newBuilder()));
    }
    Duration interval = parameters.duration("minInterval");
    if (interval != null) {
      asked.setMinInterval(interval);
    }
    Duration heartbeat = parameters.duration("heartbeatInterval");
    if (heartbeat != null) {
      asked.setHeartbeatInterval(heartbeat);
    }
    return asked.build();
  }

  private record Sink(TextFormat format, TextStream stream) implements UpdateSink {
    @Override
    public boolean ready() {
      return stream.ready();
    }

    @Override
    public void send(Update update) {
      stream.write(format.data(update));
    }

    @Override
    public void announce(Announcement announcement) {
      stream.write(HttpData.ofUtf8(format.announcement(announcement)));
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
