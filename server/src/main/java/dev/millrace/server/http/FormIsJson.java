package dev.millrace.server.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;

/**
 * Takes a body said to be a form for what it is: {@code curl -d} says so of everything, and no call
 * here takes a form.
 *
 * <p>Not so for browsers, which name their origin: a form is what any web page may send to any
 * server without being asked, so a page's request must say {@code application/json} and be allowed
 * to.
 */
final class FormIsJson implements DecoratingHttpServiceFunction {
  @Override
  public HttpResponse serve(
      HttpService delegate, ServiceRequestContext context, HttpRequest request) throws Exception {
    MediaType type = request.contentType();
    if (type == null
        || !type.is(MediaType.FORM_DATA)
        || request.headers().contains(HttpHeaderNames.ORIGIN)) {
      return delegate.serve(context, request);
    }
    HttpRequest json =
        request.withHeaders(request.headers().toBuilder().contentType(MediaType.JSON));
    context.updateRequest(json);
    return delegate.serve(context, json);
  }
}
