package dev.millrace.server.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.AbstractHttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.regex.Pattern;

/** {@code /}: says what this is and where to go from here. */
final class WelcomePage extends AbstractHttpService {
  private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z0-9.:\\[\\]-]{1,255}");

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Millrace</title>
      <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
        pre { background: #8881; padding: .75rem 1rem; overflow-x: auto; border-radius: .4rem; }
        :root { color-scheme: light dark; }
      </style>
      <h1>Millrace</h1>
      <p>This server takes events in and answers questions about them. It speaks gRPC, gRPC-Web and JSON
      at <code>${base}</code>.</p>
      <ul>${docs}
        <li><a href="/metrics">Metrics</a>, for Prometheus</li>
        <li><a href="/v1/stats">Statistics</a> and <a href="/v1/schema">the schema</a>, as JSON</li>
      </ul>
      <p>Send an event:</p>
      <pre>curl ${base}/v1/events -H 'content-type: application/json' \\
        -d '{"events":[{"type":"purchase","userId":"u1","value":29.99}]}'</pre>
      <p>Count by type:</p>
      <pre>curl ${base}/v1/query -H 'content-type: application/json' \\
        -d '{"query":{"measures":[{"aggregation":"COUNT"}],"groupBy":["type"]}}'</pre>
      <p>Watch events arrive:</p>
      <pre>curl -N ${base}/v1/live/events</pre>
      </html>
      """;
  private static final String DOCS =
      "\n        <li><a href=\"/docs/\">The API</a>, to read and to try</li>";

  private final HttpOptions options;

  WelcomePage(HttpOptions options) {
    this.options = options;
  }

  @Override
  protected HttpResponse doGet(ServiceRequestContext context, HttpRequest request) {
    String authority = request.headers().get(HttpHeaderNames.AUTHORITY, "");
    // The client's own words come back to it: only what can't be markup.
    String host = AUTHORITY.matcher(authority).matches() ? authority : "127.0.0.1:8080";
    String base = (options.tls() == null ? "http://" : "https://") + host;
    String page = PAGE.replace("${base}", base).replace("${docs}", options.docs() ? DOCS : "");
    return HttpResponse.of(HttpStatus.OK, MediaType.HTML_UTF_8, page);
  }
}
