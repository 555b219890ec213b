package dev.millrace.server.ingest;

import dev.millrace.server.access.Caller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.EventHashes;
import dev.millrace.server.event.EventLimits;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.event.json.CollectDecoder;
import dev.millrace.server.event.json.JsonDecoder;
import dev.millrace.server.event.wire.WireDecoder;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Mutation;
import dev.millrace.server.storage.Receipt;
import dev.millrace.server.storage.Storage;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The way of a batch from bytes to the acknowledgement, whichever interface brings it: {@link
 * #decode}, {@link #prepare}, {@link #submit}. Thread-safe, and never blocks.
 */
public final class IngestPipeline {
  private final Storage storage;
  private final EventLimits limits;
  private final Validator validator;
  private final Stamper stamper;
  private final @Nullable RateLimiter rateLimiter;
  private final IngestMetrics metrics;

  /**
   * @param rateLimit how fast each key may send; null if that isn't limited
   */
  public IngestPipeline(
      Storage storage,
      EventLimits limits,
      @Nullable RateLimit rateLimit,
      InstantSource clock,
      MeterRegistry registry) {
    this.storage = storage;
    this.limits = limits;
    this.validator = new Validator(limits);
    this.stamper = new Stamper(clock);
    this.rateLimiter = rateLimit == null ? null : new RateLimiter(rateLimit, clock);
    this.metrics = new IngestMetrics(registry);
  }

  /**
   * Decodes a request.
   *
   * @param request taken over by the batch
   * @throws ApiException.InvalidArgument if the request as a whole is broken
   */
  public EventBatch decode(OriginalFormat format, byte[] request) {
    Timer.Sample started = metrics.start();
    EventBatch batch =
        switch (format) {
          case PROTOBUF -> WireDecoder.decode(request, limits);
          case JSON -> JsonDecoder.decode(request, limits);
          case COLLECT_JSON -> CollectDecoder.decode(request, limits);
        };
    metrics.decoded(format, started);
    return batch;
  }

  /**
   * Makes a batch ready for the store.
   *
   * @throws ApiException.InvalidArgument if the batch as a whole breaks a rule
   * @throws ApiException.PermissionDenied if the caller may not write to the project
   */
  public PreparedBatch prepare(EventBatch batch, Caller caller) {
    String project = caller.project(batch.header().project(), Permission.WRITE);
    validator.batch(batch);
    stamper.times(batch);
    validator.events(batch);
    stamper.ids(batch);
    EventHashes.fill(batch);
    return new PreparedBatch(project, caller.name(), batch);
  }

  /**
   * Hands a batch to the store. The future completes, on a thread of the store, once the batch is
   * durable and visible; it fails as {@link Storage#apply} says.
   *
   * @throws StorageException.Overloaded nothing was taken: the same batch may be submitted again
   *     later
   * @throws ApiException.ResourceExhausted the same, for the rate limit
   */
  public CompletableFuture<IngestResult> submit(PreparedBatch prepared) {
    admit(prepared);
    EventBatch batch = prepared.batch();
    if (batch.size() == 0 && !batch.header().numbered()) {
      return CompletableFuture.completedFuture(
          new IngestResult(batch, new Receipt(new long[0], 0, 0, position(prepared.project()))));
    }
    Timer.Sample started = metrics.start();
    CompletableFuture<Receipt> applied;
    try {
      applied = storage.apply(new Mutation.AppendEvents(prepared.project(), batch));
    } catch (StorageException.Overloaded e) {
      metrics.overloaded();
      throw e;
    }
    return applied.thenApply(
        receipt -> {
          IngestResult result = new IngestResult(batch, receipt);
          metrics.committed(result, started);
          return result;
        });
  }

  /** Prepares and submits a batch. Whatever goes wrong is in the future. */
  public CompletableFuture<IngestResult> submit(EventBatch batch, Caller caller) {
    try {
      return submit(prepare(batch, caller));
    } catch (ApiException | StorageException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** The latest durable state of a project. */
  Position position(String project) {
    return storage.position(project);
  }

  private void admit(PreparedBatch prepared) {
    if (rateLimiter == null || prepared.admitted()) {
      return;
    }
    try {
      rateLimiter.admit(prepared.callerName(), prepared.batch().size());
    } catch (ApiException.ResourceExhausted e) {
      metrics.rateLimited();
      throw e;
    }
    prepared.markAdmitted();
  }
}
