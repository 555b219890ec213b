package dev.millrace.server.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.millrace.server.access.ApiKeys;
import dev.millrace.server.access.Caller;
import dev.millrace.server.access.StreamTickets;
import dev.millrace.server.error.ApiException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets in those who have a key, and remembers who they are.
 *
 * <p>Health and readiness are open, since those who ask have no keys. Everything else, the metrics
 * and the documentation included, needs a key once the server has any; which permission is the
 * services' matter.
 */
final class Authentication implements DecoratingHttpServiceFunction {
  private static final Set<String> OPEN =
      Set.of(
          "/",
          "/healthz",
          "/readyz",
          "/grpc.health.v1.Health/Check",
          "/grpc.health.v1.Health/Watch");
  private static final Set<String> KEY_IN_URL = Set.of("/v1/events", "/v1/collect");
  private static final Set<String> TICKET_IN_URL = Set.of("/v1/live", "/v1/live/events", "/ws");
  private static final String BEARER = "Bearer ";

  private final ApiKeys keys;
  private final StreamTickets tickets;

  Authentication(ApiKeys keys, StreamTickets tickets) {
    this.keys = keys;
    this.tickets = tickets;
  }

  @Override
  public HttpResponse serve(
      HttpService delegate, ServiceRequestContext context, HttpRequest request) throws Exception {
    try {
      if (!OPEN.contains(context.path())) {
        RequestCaller.set(context, caller(context, request));
      }
    } catch (ApiException e) {
      return HttpErrors.response(ErrorMapper.toStatus(e), request.headers());
    }
    return delegate.serve(context, request);
  }

  private Caller caller(ServiceRequestContext context, HttpRequest request) {
    String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
    if (authorization == null && KEY_IN_URL.contains(context.path())) {
      String key = context.queryParam("key");
      if (key != null) {
        return keys.callerByUrl(key);
      }
    }
    if (authorization == null && keys.required() && TICKET_IN_URL.contains(context.path())) {
      String ticket = context.queryParam("ticket");
      if (ticket != null) {
        return tickets.use(ticket);
      }
    }
    return keys.caller(key(authorization));
  }

  private static @Nullable String key(@Nullable String authorization) {
    if (authorization == null) {
      return null;
    }
    if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw new ApiException.Unauthenticated("the authorization header must read 'Bearer KEY'");
    }
    return authorization.substring(BEARER.length()).strip();
  }
}
