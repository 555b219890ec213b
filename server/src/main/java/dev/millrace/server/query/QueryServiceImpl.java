package dev.millrace.server.query;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.millrace.server.access.CurrentCaller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.log.Position;
import dev.millrace.server.query.QueryEngine.Answer;
import dev.millrace.server.query.QueryEngine.StateRequest;
import dev.millrace.server.query.expression.EventFilter;
import dev.millrace.server.query.plan.EventListing;
import dev.millrace.server.query.plan.QueryResult;
import dev.millrace.server.query.plan.QuerySpec;
import dev.millrace.server.query.plan.ResultRow;
import dev.millrace.server.query.plan.SchemaScan;
import dev.millrace.server.query.time.Calendar;
import dev.millrace.server.query.time.TimeSpan;
import dev.millrace.v1.CountRequest;
import dev.millrace.v1.Event;
import dev.millrace.v1.GetSchemaRequest;
import dev.millrace.v1.GetSchemaResponse;
import dev.millrace.v1.ListEventsRequest;
import dev.millrace.v1.ListEventsResponse;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryResponse;
import dev.millrace.v1.QueryServiceGrpc;
import dev.millrace.v1.QueryStats;
import dev.millrace.v1.TopRequest;
import dev.millrace.v1.UniqueUsersRequest;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Answers questions over gRPC. Calls block while they scan, so they belong on an executor for that.
 * Thread-safe.
 */
public final class QueryServiceImpl extends QueryServiceGrpc.QueryServiceImplBase {
  private static final int PAGE_SIZE_DEFAULT = 50;
  private static final int PAGE_SIZE_MAX = 1_000;

  private final QueryEngine engine;
  private final CurrentCaller caller;
  private final Timer queries;
  private final Timer listings;
  private final Timer schemas;

  public QueryServiceImpl(QueryEngine engine, CurrentCaller caller, MeterRegistry meters) {
    this.engine = engine;
    this.caller = caller;
    this.queries = timer(meters, "query");
    this.listings = timer(meters, "list_events");
    this.schemas = timer(meters, "get_schema");
  }

  private static Timer timer(MeterRegistry meters, String method) {
    return Timer.builder("millrace.query")
        .description("Time to answer questions")
        .tag("method", method)
        .publishPercentileHistogram()
        .register(meters);
  }

  @Override
  public void query(QueryRequest request, StreamObserver<QueryResponse> observer) {
    answer(queries, observer, () -> query(request));
  }

  @Override
  public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> observer) {
    answer(listings, observer, () -> listEvents(request));
  }

  @Override
  public void getSchema(GetSchemaRequest request, StreamObserver<GetSchemaResponse> observer) {
    answer(schemas, observer, () -> getSchema(request));
  }

  @Override
  public void count(CountRequest request, StreamObserver<QueryResponse> observer) {
    answer(queries, observer, () -> ShortForms.ask(ShortForms.count(request), this::query));
  }

  @Override
  public void top(TopRequest request, StreamObserver<QueryResponse> observer) {
    answer(queries, observer, () -> ShortForms.ask(ShortForms.top(request), this::query));
  }

  @Override
  public void uniqueUsers(UniqueUsersRequest request, StreamObserver<QueryResponse> observer) {
    answer(queries, observer, () -> ShortForms.ask(ShortForms.uniqueUsers(request), this::query));
  }

  /** Errors are thrown on, for the server's one table of errors. */
  private static <T> void answer(Timer timer, StreamObserver<T> observer, Supplier<T> work) {
    T answer = timer.record(work);
    observer.onNext(answer);
    observer.onCompleted();
  }

  private static BooleanSupplier cancelled() {
    return Context.current()::isCancelled;
  }

  private QueryResponse query(QueryRequest request) {
    String project = caller.get().project(request.getProject(), Permission.READ);
    if (!request.hasQuery()) {
      throw new ApiException.InvalidArgument("query", "is missing");
    }
    Instant now = engine.now();
    QuerySpec spec = QueryMapper.spec(request.getQuery(), now, engine.limits());
    StateRequest state =
        new StateRequest(request.getMinPosition(), request.getAsOfPosition(), "asOfPosition");
    Answer<QueryResult> answer = engine.query(project, spec, state, cancelled());
    QueryResponse.Builder response = QueryResponse.newBuilder();
    for (ResultRow row : answer.result().rows()) {
      response.addRows(RowMapper.row(spec, row));
    }
    QueryStats.Builder stats =
        stats(answer.position(), now, answer.result().rowsScanned(), answer.result().span());
    if (request.getExplain()) {
      stats.setPlan(spec.explain() + "\n" + answer.result().scan());
    }
    return response.setStats(stats).build();
  }

  private ListEventsResponse listEvents(ListEventsRequest request) {
    String project = caller.get().project(request.getProject(), Permission.READ);
    Instant now = engine.now();
    PageToken token = request.getPageToken().isEmpty() ? null : PageToken.decode(request, project);
    TimeSpan span =
        token != null
            ? token.span()
            : RangeMapper.span(request.getRange(), "range", Calendar.UTC, now);
    EventListing listing =
        new EventListing(
            EventFilter.ofCel(request.getWhere(), "where"),
            span,
            newestFirst(request),
            token == null ? null : token.after(),
            pageSize(request.getPageSize()));
    StateRequest state =
        new StateRequest(
            request.getMinPosition(), token == null ? "" : token.position().token(), "pageToken");
    Answer<EventListing.Page<Event>> answer =
        engine.read(
            project,
            state,
            cancelled(),
            (view, budget) ->
                listing.read(
                    view.snapshot(),
                    view.position(),
                    block -> new EventMapper(block)::event,
                    budget));
    EventListing.Page<Event> page = answer.result();
    ListEventsResponse.Builder response = ListEventsResponse.newBuilder();
    page.events().forEach(listed -> response.addEvents(listed.event()));
    if (page.more()) {
      PageToken next = new PageToken(answer.position(), span, page.events().getLast().key());
      response.setNextPageToken(next.encode(request, project));
    }
    return response.setStats(stats(answer.position(), now, page.rowsScanned(), span)).build();
  }

  private static boolean newestFirst(ListEventsRequest request) {
    return switch (request.getOrder()) {
      case ORDER_UNSPECIFIED, NEWEST_FIRST -> true;
      case OLDEST_FIRST -> false;
      case UNRECOGNIZED ->
          throw new ApiException.InvalidArgument("order", "must be NEWEST_FIRST or OLDEST_FIRST");
    };
  }

  private static int pageSize(int requested) {
    if (requested < 0 || requested > PAGE_SIZE_MAX) {
      throw new ApiException.InvalidArgument(
          "pageSize", "must be from 1 to %,d, found %,d".formatted(PAGE_SIZE_MAX, requested));
    }
    return requested == 0 ? PAGE_SIZE_DEFAULT : requested;
  }

  private GetSchemaResponse getSchema(GetSchemaRequest request) {
    String project = caller.get().project(request.getProject(), Permission.READ);
    Instant now = engine.now();
    TimeSpan span = RangeMapper.span(request.getRange(), "range", Calendar.UTC, now);
    Answer<SchemaScan.Schema> answer =
        engine.read(
            project,
            StateRequest.atLeast(request.getMinPosition()),
            cancelled(),
            (view, budget) -> SchemaScan.run(span, view.snapshot(), view.position(), budget));
    return SchemaMapper.response(answer.result())
        .setStats(stats(answer.position(), now, answer.result().rowsScanned(), span))
        .build();
  }

  private QueryStats.Builder stats(
      Position position, Instant now, long rowsScanned, TimeSpan span) {
    java.time.Duration elapsed = java.time.Duration.between(now, engine.now());
    Timestamp evaluatedAt = ProtoValues.timestamp(now);
    return QueryStats.newBuilder()
        .setPosition(position.token())
        .setSource(QueryStats.Source.SCAN)
        .setRowsScanned(rowsScanned)
        .setElapsed(
            Duration.newBuilder().setSeconds(elapsed.getSeconds()).setNanos(elapsed.getNano()))
        .setEvaluatedAt(evaluatedAt)
        .setRange(RangeMapper.range(span));
  }
}
