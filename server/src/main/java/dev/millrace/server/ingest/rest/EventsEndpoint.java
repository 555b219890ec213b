package dev.millrace.server.ingest.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.millrace.server.access.Caller;
import dev.millrace.server.access.CurrentCaller;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.ingest.IngestPipeline;
import dev.millrace.server.ingest.IngestResult;
import dev.millrace.server.ingest.Responses;
import dev.millrace.v1.IngestEventsResponse;
import dev.millrace.v1.RejectedEvent;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Takes events as JSON: {@code POST /v1/events} in the contract's form, or {@code POST /v1/collect}
 * in the forms of {@link dev.millrace.server.event.json.CollectDecoder}. Answers an {@code
 * IngestEventsResponse}; what goes wrong is thrown. Runs on the request's event loop and never
 * blocks. Thread-safe.
 */
public final class EventsEndpoint implements HttpService {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .omittingInsignificantWhitespace()
          .includingDefaultValueFields(alwaysPrinted());

  /** Parameters that may hold credentials, which are somebody else's business. */
  private static final Set<String> CREDENTIALS = Set.of("key", "ticket");

  private final OriginalFormat format;
  private final IngestPipeline pipeline;
  private final CurrentCaller currentCaller;
  private final long requestBytesMax;

  private EventsEndpoint(
      OriginalFormat format,
      IngestPipeline pipeline,
      CurrentCaller currentCaller,
      long requestBytesMax) {
    this.format = format;
    this.pipeline = pipeline;
    this.currentCaller = currentCaller;
    this.requestBytesMax = requestBytesMax;
  }

  /**
   * For {@code POST /v1/events}. The content type must be JSON's, or none.
   *
   * @param requestBytesMax the largest request body
   */
  public static EventsEndpoint events(
      IngestPipeline pipeline, CurrentCaller currentCaller, long requestBytesMax) {
    return new EventsEndpoint(OriginalFormat.JSON, pipeline, currentCaller, requestBytesMax);
  }

  /**
   * For {@code POST /v1/collect}. The content type doesn't matter: beacons can only say {@code
   * text/plain}. The project may be given as the parameter {@code project}.
   *
   * @param requestBytesMax the largest request body
   */
  public static EventsEndpoint collect(
      IngestPipeline pipeline, CurrentCaller currentCaller, long requestBytesMax) {
    return new EventsEndpoint(
        OriginalFormat.COLLECT_JSON, pipeline, currentCaller, requestBytesMax);
  }

  /** What readers may rely on to be there, also when it is 0 or empty. */
  private static Set<FieldDescriptor> alwaysPrinted() {
    Set<FieldDescriptor> fields = new HashSet<>(RejectedEvent.getDescriptor().getFields());
    for (FieldDescriptor field : IngestEventsResponse.getDescriptor().getFields()) {
      if (field.getNumber() != IngestEventsResponse.VERDICTS_FIELD_NUMBER) {
        fields.add(field);
      }
    }
    return fields;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    MediaType type = request.contentType();
    if (format == OriginalFormat.JSON && type != null && !type.isJson()) {
      throw HttpStatusException.of(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
    }
    Caller caller = currentCaller.get();
    checkParameters(context);
    context.setMaxRequestLength(requestBytesMax);
    CompletableFuture<HttpResponse> response =
        request
            .aggregate()
            .thenCompose(whole -> submit(context, whole, caller))
            .thenApply(EventsEndpoint::answer);
    return HttpResponse.of(response);
  }

  private void checkParameters(ServiceRequestContext context) {
    if (format == OriginalFormat.COLLECT_JSON) {
      // Beacons carry parameters of all kinds, such as those that defeat caches.
      return;
    }
    for (String name : context.queryParams().names()) {
      if (!CREDENTIALS.contains(name)) {
        throw new ApiException.InvalidArgument(name, "no such parameter");
      }
    }
  }

  private CompletableFuture<IngestResult> submit(
      ServiceRequestContext context, AggregatedHttpRequest request, Caller caller) {
    EventBatch batch = pipeline.decode(format, request.content().array());
    if (format == OriginalFormat.COLLECT_JSON && batch.header().project().isEmpty()) {
      String project = context.queryParam("project");
      batch.header(batch.header().withProject(project == null ? "" : project));
    }
    return pipeline.submit(batch, caller);
  }

  private static HttpResponse answer(IngestResult result) {
    try {
      return HttpResponse.of(
          HttpStatus.OK, MediaType.JSON, PRINTER.print(Responses.ingest(result)) + "\n");
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
