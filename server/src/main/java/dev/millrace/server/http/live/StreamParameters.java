package dev.millrace.server.http.live;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.millrace.server.error.ApiException;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query parameters of a request for a stream. */
final class StreamParameters {
  private static final String LAST_EVENT_ID = "last-event-id";

  /** Looked at by those who let requests in. */
  private static final String TICKET = "ticket";

  private final ServiceRequestContext context;
  private final HttpRequest request;

  /**
   * @param allowed the names that may be there
   * @throws ApiException.InvalidArgument if there are others
   */
  StreamParameters(ServiceRequestContext context, HttpRequest request, List<String> allowed) {
    this.context = context;
    this.request = request;
    for (Map.Entry<String, String> parameter : context.queryParams()) {
      if (!allowed.contains(parameter.getKey()) && !parameter.getKey().equals(TICKET)) {
        throw new ApiException.InvalidArgument(
            parameter.getKey(),
            "unknown query parameter; allowed are " + String.join(", ", allowed));
      }
    }
  }

  String text(String name) {
    return context.queryParams().get(name, "");
  }

  /** The position to resume from: what the browser saw last is later than what the URL says. */
  String resumePosition() {
    String last = request.headers().get(LAST_EVENT_ID);
    return last == null ? text("resumePosition") : last;
  }

  /** A length of time, as JSON has it; null if it isn't given. */
  @Nullable Duration duration(String name) {
    String text = context.queryParam(name);
    if (text == null) {
      return null;
    }
    try {
      return Durations.parse(text);
    } catch (ParseException e) {
      throw new ApiException.InvalidArgument(
          name, "must be a duration in seconds such as 15s, found " + text);
    }
  }
}
