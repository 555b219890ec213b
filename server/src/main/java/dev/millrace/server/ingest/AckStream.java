package dev.millrace.server.ingest;

import dev.millrace.server.access.Caller;
import dev.millrace.v1.PublishEventsResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.ScheduledExecutorService;

/** PublishEvents: acknowledges each batch, and takes no more while acknowledgements aren't read. */
final class AckStream extends BatchStream<PublishEventsResponse> {
  AckStream(
      IngestPipeline pipeline,
      Caller caller,
      StreamLimits limits,
      ServerCallStreamObserver<PublishEventsResponse> responses,
      ScheduledExecutorService executor) {
    super(pipeline, caller, limits, responses, executor);
  }

  @Override
  void acknowledge(IngestResult result) {
    responses().onNext(Responses.publish(result));
  }

  @Override
  void finish() {}

  @Override
  boolean responsesFlow() {
    return responses().isReady();
  }
}
