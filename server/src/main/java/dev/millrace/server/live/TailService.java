package dev.millrace.server.live;

import dev.millrace.server.access.CurrentCaller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.v1.LiveServiceGrpc;
import dev.millrace.v1.TailEventsRequest;
import dev.millrace.v1.TailEventsResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** {@code LiveService} over gRPC. */
public final class TailService extends LiveServiceGrpc.LiveServiceImplBase {
  private final Tails tails;
  private final CurrentCaller caller;

  public TailService(Tails tails, CurrentCaller caller) {
    this.tails = tails;
    this.caller = caller;
  }

  @Override
  public void tailEvents(TailEventsRequest request, StreamObserver<TailEventsResponse> responses) {
    String project = caller.get().project(request.getProject(), Permission.READ);
    ServerCallStreamObserver<TailEventsResponse> stream =
        (ServerCallStreamObserver<TailEventsResponse>) responses;
    AtomicReference<Tails.@Nullable Handle> opened = new AtomicReference<>();
    // Set before the stream is opened, as gRPC asks; they do nothing until it is.
    stream.setOnReadyHandler(() -> ifOpen(opened, Tails.Handle::ready));
    stream.setOnCancelHandler(() -> ifOpen(opened, Tails.Handle::cancel));
    opened.set(tails.open(project, request, new Sink(stream)));
    if (stream.isCancelled()) {
      ifOpen(opened, Tails.Handle::cancel);
    }
  }

  private static void ifOpen(
      AtomicReference<Tails.@Nullable Handle> opened,
      java.util.function.Consumer<Tails.Handle> action) {
    Tails.Handle handle = opened.get();
    if (handle != null) {
      action.accept(handle);
    }
  }

  private record Sink(ServerCallStreamObserver<TailEventsResponse> stream) implements TailSink {
    @Override
    public boolean ready() {
      return stream.isReady();
    }

    @Override
    public void send(TailEventsResponse message) {
      stream.onNext(message);
    }

    @Override
    public void stop(ApiException.Unavailable reason) {
      fail(reason);
    }

    @Override
    public void fail(RuntimeException error) {
      if (!stream.isCancelled()) {
        stream.onError(error);
      }
    }
  }
}
