package dev.millrace.server.ingest;

import dev.millrace.server.access.Caller;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.OriginalFormat;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call that takes batches one after the other: what StreamEvents and PublishEvents have in
 * common.
 *
 * <p>Batches are handed to the store as they come, several at a time, and dealt with in their order
 * once they are durable. The client is asked for more only while there is room, so that it feels
 * HTTP/2 back-pressure: when {@link StreamLimits} are reached, when acknowledgements aren't read,
 * and when the store or the rate limit refuses a batch, which is then tried again rather than
 * failed. A batch that fails ends the call after those before it have been acknowledged. Cancelling
 * the call doesn't take back what was handed over.
 *
 * <p>Guarded by its own lock, which is mostly uncontended: calls come from the request's event
 * loop, and completions are brought there too.
 *
 * @param <R> the response
 */
abstract class BatchStream<R> implements StreamObserver<byte[]> {
  /** Asked for beyond those that arrived: enough to keep the transport busy. */
  private static final int REQUESTED_MAX = 2;

  private static final Duration RETRY_MIN = Duration.ofMillis(1);
  private static final Duration RETRY_MAX = Duration.ofSeconds(10);

  private final IngestPipeline pipeline;
  private final Caller caller;
  private final StreamLimits limits;
  private final ServerCallStreamObserver<R> responses;
  private final ScheduledExecutorService executor;

  /** Batches that arrived and aren't dealt with, in order. */
  private final Deque<Slot> slots = new ArrayDeque<>();

  /** Those of them that the store hasn't taken yet. */
  private final Deque<Slot> waiting = new ArrayDeque<>();

  private long bytesUnderWay;
  private int requested;
  private boolean requesting;
  private boolean halfClosed;
  private boolean failing;
  private boolean draining;
  private boolean closed;
  private Runnable onClosed = () -> {};
  private @Nullable String project;
  private @Nullable ScheduledFuture<?> retry;

  /** A batch on its way. */
  private static final class Slot {
    final long bytes;
    @Nullable PreparedBatch prepared;
    @Nullable IngestResult result;
    @Nullable Throwable failure;

    Slot(long bytes) {
      this.bytes = bytes;
    }
  }

  BatchStream(
      IngestPipeline pipeline,
      Caller caller,
      StreamLimits limits,
      ServerCallStreamObserver<R> responses,
      ScheduledExecutorService executor) {
    this.pipeline = pipeline;
    this.caller = caller;
    this.limits = limits;
    this.responses = responses;
    this.executor = executor;
  }

  /**
   * Begins to take batches; called while the call is being set up.
   *
   * @param whenClosed runs once the call has ended, however it did
   */
  final void start(Runnable whenClosed) {
    onClosed = whenClosed;
    responses.disableAutoRequest();
    responses.setOnCancelHandler(this::cancelled);
    responses.setOnReadyHandler(this::ready);
    synchronized (this) {
      requestMore();
    }
  }

  /**
   * Takes no more batches, and ends the call with UNAVAILABLE once those that were taken are dealt
   * with, unless the client has ended it by then.
   */
  final void drain() {
    executor.execute(
        () -> {
          synchronized (this) {
            draining = true;
            proceed();
          }
        });
  }

  /** Deals with a batch that is durable; in the order of the batches. */
  abstract void acknowledge(IngestResult result);

  /** The client has sent everything, and everything is durable. The call is completed after it. */
  abstract void finish();

  /** Whether another batch may be asked for as far as the responses are concerned. */
  abstract boolean responsesFlow();

  final ServerCallStreamObserver<R> responses() {
    return responses;
  }

  final IngestPipeline pipeline() {
    return pipeline;
  }

  final Caller caller() {
    return caller;
  }

  @Override
  public final synchronized void onNext(byte[] request) {
    requested--;
    if (closed || failing || draining) {
      return;
    }
    Slot slot = new Slot(request.length);
    slots.add(slot);
    bytesUnderWay += slot.bytes;
    try {
      slot.prepared = prepare(request);
      waiting.add(slot);
    } catch (ApiException e) {
      fail(slot, e);
    }
    submitWaiting();
    proceed();
  }

  private PreparedBatch prepare(byte[] request) {
    PreparedBatch prepared =
        pipeline.prepare(pipeline.decode(OriginalFormat.PROTOBUF, request), caller);
    if (project != null && !project.equals(prepared.project())) {
      throw new ApiException.InvalidArgument(
          "project",
          "found '%s' after '%s', a stream must keep to one"
              .formatted(prepared.project(), project));
    }
    project = prepared.project();
    return prepared;
  }

  @Override
  public final synchronized void onCompleted() {
    halfClosed = true;
    proceed();
  }

  @Override
  public final void onError(Throwable cause) {
    cancelled();
  }

  private synchronized void cancelled() {
    close();
  }

  private synchronized void ready() {
    requestMore();
  }

  private void submitWaiting() {
    while (retry == null) {
      Slot slot = waiting.peek();
      if (slot == null || slot.prepared == null) {
        return;
      }
      try {
        CompletableFuture<IngestResult> submitted = pipeline.submit(slot.prepared);
        slot.prepared = null;
        var _ =
            submitted.whenComplete(
                (result, failure) -> executor.execute(() -> completed(slot, result, failure)));
      } catch (StorageException.Overloaded e) {
        retryAfter(e.retryAfter());
        return;
      } catch (ApiException.ResourceExhausted e) {
        retryAfter(e.retryAfter());
        return;
      } catch (ApiException | StorageException e) {
        fail(slot, e);
      }
      waiting.poll();
    }
  }

  private void retryAfter(Duration asked) {
    Duration delay =
        asked.compareTo(RETRY_MIN) < 0
            ? RETRY_MIN
            : asked.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : asked;
    retry = executor.schedule(this::retryNow, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private synchronized void retryNow() {
    retry = null;
    if (closed) {
      return;
    }
    submitWaiting();
    proceed();
  }

  private synchronized void completed(
      Slot slot, @Nullable IngestResult result, @Nullable Throwable failure) {
    if (failure != null) {
      fail(slot, failure);
    } else {
      slot.result = result;
    }
    proceed();
  }

  /** Takes no more batches from here on; the call ends once it is this one's turn. */
  private void fail(Slot slot, Throwable failure) {
    slot.failure =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    failing = true;
  }

  /** Deals with what is due, and asks for more. */
  private void proceed() {
    while (!closed) {
      Slot slot = slots.peek();
      if (slot == null) {
        break;
      }
      if (slot.failure != null) {
        close();
        responses.onError(slot.failure);
        return;
      }
      if (slot.result == null) {
        break;
      }
      slots.poll();
      bytesUnderWay -= slot.bytes;
      acknowledge(slot.result);
    }
    if (!closed && halfClosed && slots.isEmpty()) {
      close();
      finish();
      responses.onCompleted();
    } else if (!closed && draining && slots.isEmpty()) {
      close();
      responses.onError(new ApiException.Unavailable("the server is stopping"));
    }
    requestMore();
  }

  private void requestMore() {
    // Asking may bring the next batch at once, which comes back to here.
    if (requesting) {
      return;
    }
    requesting = true;
    while (hasRoom()) {
      requested++;
      responses.request(1);
    }
    requesting = false;
  }

  private boolean hasRoom() {
    return !closed
        && !failing
        && !halfClosed
        && !draining
        && waiting.isEmpty()
        && requested < REQUESTED_MAX
        && requested + slots.size() < limits.batches()
        && bytesUnderWay < limits.bytes()
        && responsesFlow();
  }

  private void close() {
    closed = true;
    onClosed.run();
    slots.clear();
    waiting.clear();
    if (retry != null) {
      retry.cancel(false);
      retry = null;
    }
  }
}
