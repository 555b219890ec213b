package dev.millrace.server.query;

import dev.millrace.server.access.Caller;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.storage.Storage;
import dev.millrace.v1.GetSchemaRequest;
import dev.millrace.v1.GetSchemaResponse;
import dev.millrace.v1.ListEventsRequest;
import dev.millrace.v1.ListEventsResponse;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryResponse;
import dev.millrace.v1.Row;
import dev.millrace.v1.TopRequest;
import dev.millrace.v1.UniqueUsersRequest;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Asks a service over a test store. */
final class Asking {
  static final Instant NOW = Instant.parse("2026-01-15T12:30:00Z");

  private final QueryServiceImpl service;

  Asking(Storage store) {
    this(store, NOW, QueryLimits.DEFAULT);
  }

  Asking(Storage store, Instant now, QueryLimits limits) {
    QueryEngine engine = new QueryEngine(store, InstantSource.fixed(now), limits);
    service = new QueryServiceImpl(engine, () -> Caller.ANYONE, new SimpleMeterRegistry());
  }

  QueryResponse query(QueryRequest request) {
    return call(observer -> service.query(request, observer));
  }

  List<Row> rows(Query.Builder query) {
    return query(QueryRequest.newBuilder().setQuery(query).build()).getRowsList();
  }

  ListEventsResponse list(ListEventsRequest request) {
    return call(observer -> service.listEvents(request, observer));
  }

  GetSchemaResponse schema(GetSchemaRequest request) {
    return call(observer -> service.getSchema(request, observer));
  }

  QueryResponse top(TopRequest request) {
    return call(observer -> service.top(request, observer));
  }

  QueryResponse uniqueUsers(UniqueUsersRequest request) {
    return call(observer -> service.uniqueUsers(request, observer));
  }

  /** The fields that a refused request is refused for, as {@code field: description}. */
  static List<String> violations(Runnable call) {
    try {
      call.run();
    } catch (ApiException.InvalidArgument e) {
      return e.violations().stream().map(v -> v.field() + ": " + v.description()).toList();
    }
    return List.of();
  }

  private static <T> T call(Consumer<StreamObserver<T>> call) {
    List<T> answers = new ArrayList<>();
    call.accept(
        new StreamObserver<>() {
          @Override
          public void onNext(T answer) {
            answers.add(answer);
          }

          @Override
          public void onError(Throwable error) {
            throw new AssertionError(error);
          }

          @Override
          public void onCompleted() {}
        });
    return answers.getFirst();
  }
}
