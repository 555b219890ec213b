package dev.millrace.server.ingest;

import dev.millrace.server.access.Caller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.event.Rejection;
import dev.millrace.server.log.Position;
import dev.millrace.v1.StreamEventsResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** StreamEvents: adds up what becomes of the batches, and answers once. */
final class TotalsStream extends BatchStream<StreamEventsResponse> {
  private static final int REJECTED_LISTED_MAX = 1_000;

  private final StreamEventsResponse.Builder totals = StreamEventsResponse.newBuilder();
  private @Nullable Position position;
  private long events;

  TotalsStream(
      IngestPipeline pipeline,
      Caller caller,
      StreamLimits limits,
      ServerCallStreamObserver<StreamEventsResponse> responses,
      ScheduledExecutorService executor) {
    super(pipeline, caller, limits, responses, executor);
  }

  @Override
  void acknowledge(IngestResult result) {
    totals
        .setAccepted(totals.getAccepted() + result.accepted())
        .setDuplicates(totals.getDuplicates() + result.duplicates())
        .setFiltered(totals.getFiltered() + result.filtered())
        .setRejectedTotal(totals.getRejectedTotal() + result.rejections().size());
    for (Rejection rejection : result.rejections()) {
      if (totals.getRejectedList().size() < REJECTED_LISTED_MAX) {
        int index = (int) Math.min(Integer.MAX_VALUE, events + rejection.row());
        totals.addRejected(Responses.rejected(rejection, index, "events"));
      }
    }
    events += result.size();
    position = position == null ? result.position() : position.merge(result.position());
  }

  @Override
  void finish() {
    Position reached = position;
    if (reached == null) {
      reached = pipeline().position(caller().project("", Permission.WRITE));
    }
    responses().onNext(totals.setPosition(reached.token()).build());
  }

  @Override
  boolean responsesFlow() {
    return true;
  }
}
