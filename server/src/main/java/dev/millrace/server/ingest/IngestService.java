package dev.millrace.server.ingest;

import dev.millrace.server.access.Caller;
import dev.millrace.server.access.CurrentCaller;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.v1.IngestEventsResponse;
import dev.millrace.v1.IngestServiceGrpc;
import dev.millrace.v1.ListRejectedEventsRequest;
import dev.millrace.v1.ListRejectedEventsResponse;
import dev.millrace.v1.PublishEventsResponse;
import dev.millrace.v1.ReplayRejectedEventsRequest;
import dev.millrace.v1.ReplayRejectedEventsResponse;
import dev.millrace.v1.StreamEventsResponse;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * The contract's {@code IngestService} for gRPC. The calls that bring events take their requests as
 * bytes, so it can't extend the generated base class; everything runs on the request's event loop
 * and never blocks.
 */
public final class IngestService implements BindableService {
  private final IngestPipeline pipeline;
  private final RejectedEvents rejectedEvents;
  private final CurrentCaller currentCaller;
  private final StreamLimits limits;
  private final Supplier<ScheduledExecutorService> eventLoop;
  private final Set<BatchStream<?>> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  /**
   * @param eventLoop gives the event loop of the request that the current thread works on
   */
  public IngestService(
      IngestPipeline pipeline,
      RejectedEvents rejectedEvents,
      CurrentCaller currentCaller,
      StreamLimits limits,
      Supplier<ScheduledExecutorService> eventLoop) {
    this.pipeline = pipeline;
    this.rejectedEvents = rejectedEvents;
    this.currentCaller = currentCaller;
    this.limits = limits;
    this.eventLoop = eventLoop;
  }

  @Override
  public ServerServiceDefinition bindService() {
    MethodDescriptor<byte[], StreamEventsResponse> stream =
        withBytes(IngestServiceGrpc.getStreamEventsMethod());
    MethodDescriptor<byte[], PublishEventsResponse> publish =
        withBytes(IngestServiceGrpc.getPublishEventsMethod());
    MethodDescriptor<byte[], IngestEventsResponse> ingest =
        withBytes(IngestServiceGrpc.getIngestEventsMethod());
    MethodDescriptor<ListRejectedEventsRequest, ListRejectedEventsResponse> list =
        IngestServiceGrpc.getListRejectedEventsMethod();
    MethodDescriptor<ReplayRejectedEventsRequest, ReplayRejectedEventsResponse> replay =
        IngestServiceGrpc.getReplayRejectedEventsMethod();
    ServiceDescriptor service =
        ServiceDescriptor.newBuilder(IngestServiceGrpc.SERVICE_NAME)
            .setSchemaDescriptor(IngestServiceGrpc.getServiceDescriptor().getSchemaDescriptor())
            .addMethod(stream)
            .addMethod(publish)
            .addMethod(ingest)
            .addMethod(list)
            .addMethod(replay)
            .build();
    return ServerServiceDefinition.builder(service)
        .addMethod(stream, ServerCalls.asyncClientStreamingCall(this::streamEvents))
        .addMethod(publish, ServerCalls.asyncBidiStreamingCall(this::publishEvents))
        .addMethod(ingest, ServerCalls.asyncUnaryCall(this::ingestEvents))
        .addMethod(list, ServerCalls.asyncUnaryCall(this::listRejectedEvents))
        .addMethod(replay, ServerCalls.asyncUnaryCall(this::replayRejectedEvents))
        .build();
  }

  private static <R> MethodDescriptor<byte[], R> withBytes(MethodDescriptor<?, R> method) {
    return method.toBuilder(RequestBytes.MARSHALLER, method.getResponseMarshaller()).build();
  }

  private StreamObserver<byte[]> streamEvents(StreamObserver<StreamEventsResponse> responses) {
    return started(
        new TotalsStream(
            pipeline, currentCaller.get(), limits, serverSide(responses), eventLoop.get()));
  }

  private StreamObserver<byte[]> publishEvents(StreamObserver<PublishEventsResponse> responses) {
    return started(
        new AckStream(
            pipeline, currentCaller.get(), limits, serverSide(responses), eventLoop.get()));
  }

  private StreamObserver<byte[]> started(BatchStream<?> stream) {
    streams.add(stream);
    stream.start(() -> streams.remove(stream));
    if (draining) {
      stream.drain();
    }
    return stream;
  }

  /**
   * Ends the streams that are open, each after the acknowledgement of what it has taken, with UNAVAILABLE;
   * so are those that begin later. For a server that stops.
   */
  public void drain() {
    draining = true;
    streams.forEach(BatchStream::drain);
  }

  /** The streams that are open. */
  public int openStreams() {
    return streams.size();
  }

  private static <R> ServerCallStreamObserver<R> serverSide(StreamObserver<R> responses) {
    return (ServerCallStreamObserver<R>) responses;
  }

  private void ingestEvents(byte[] request, StreamObserver<IngestEventsResponse> responses) {
    Caller caller = currentCaller.get();
    answer(
        pipeline
            .submit(pipeline.decode(OriginalFormat.PROTOBUF, request), caller)
            .thenApply(Responses::ingest),
        responses);
  }

  private void listRejectedEvents(
      ListRejectedEventsRequest request, StreamObserver<ListRejectedEventsResponse> responses) {
    answer(rejectedEvents.list(request, currentCaller.get()), responses);
  }

  private void replayRejectedEvents(
      ReplayRejectedEventsRequest request, StreamObserver<ReplayRejectedEventsResponse> responses) {
    answer(rejectedEvents.replay(request, currentCaller.get()), responses);
  }

  private static <R> void answer(CompletableFuture<R> answer, StreamObserver<R> responses) {
    var _ =
        answer.whenComplete(
            (response, failure) -> {
              if (failure == null) {
                responses.onNext(response);
                responses.onCompleted();
              } else {
                Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                responses.onError(cause);
              }
            });
  }
}
