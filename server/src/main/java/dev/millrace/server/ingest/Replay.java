package dev.millrace.server.ingest;

import dev.millrace.server.access.Caller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.error.StorageException;
import dev.millrace.server.event.BatchHeader;
import dev.millrace.server.event.EventBatch;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.Rejection;
import dev.millrace.server.event.Slice;
import dev.millrace.server.event.TextField;
import dev.millrace.server.event.json.JsonDecoder;
import dev.millrace.server.event.wire.WireDecoder;
import dev.millrace.server.log.Position;
import dev.millrace.server.storage.Mutation;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.StoredRejection;
import dev.millrace.v1.ReplayItem;
import dev.millrace.v1.ReplayRejectedEventsRequest;
import dev.millrace.v1.ReplayRejectedEventsResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Sends rejected events through ingest again. An event without an id gets one that follows from the
 * rejected event's, so that replaying it twice makes a duplicate and not a second event.
 * Thread-safe.
 */
final class Replay {
  private static final int ITEMS_MAX = 1_000;

  private final Storage storage;
  private final IngestPipeline pipeline;

  Replay(Storage storage, IngestPipeline pipeline) {
    this.storage = storage;
    this.pipeline = pipeline;
  }

  /** An item that was handed to the store. */
  private record Submitted(String id, CompletableFuture<IngestResult> result) {}

  CompletableFuture<ReplayRejectedEventsResponse> run(
      ReplayRejectedEventsRequest request, Caller caller) {
    String project = caller.project(request.getProject(), Permission.WRITE);
    check(request);
    Map<String, StoredRejection> kept = kept(project, request);
    ReplayRejectedEventsResponse.Builder response = ReplayRejectedEventsResponse.newBuilder();
    List<Submitted> submitted = new ArrayList<>();
    for (int i = 0; i < request.getItemsCount(); i++) {
      ReplayItem item = request.getItems(i);
      StoredRejection rejection = kept.get(item.getId());
      if (rejection == null) {
        response.addMissingIds(item.getId());
        continue;
      }
      EventBatch batch = batch(item, rejection, project);
      PreparedBatch prepared = pipeline.prepare(batch, caller);
      if (batch.rejections().isEmpty()) {
        submitted.add(new Submitted(rejection.id(), submit(prepared)));
      } else {
        // It is kept already, so it isn't handed over to be kept once more.
        response.addRejected(Responses.rejected(batch.rejections().getFirst(), i, "items"));
      }
    }
    return finish(project, submitted, response);
  }

  private static void check(ReplayRejectedEventsRequest request) {
    if (request.getItemsCount() == 0) {
      throw new ApiException.InvalidArgument("items", "found none, expected at least one");
    }
    if (request.getItemsCount() > ITEMS_MAX) {
      throw new ApiException.InvalidArgument(
          "items",
          "found %,d, at most %,d are allowed".formatted(request.getItemsCount(), ITEMS_MAX));
    }
    for (int i = 0; i < request.getItemsCount(); i++) {
      if (request.getItems(i).getId().isEmpty()) {
        throw new ApiException.InvalidArgument("items[" + i + "].id", "found none");
      }
    }
  }

  private Map<String, StoredRejection> kept(String project, ReplayRejectedEventsRequest request) {
    List<String> ids = request.getItemsList().stream().map(ReplayItem::getId).distinct().toList();
    Map<String, StoredRejection> kept = new HashMap<>();
    for (StoredRejection rejection : storage.rejections(project, ids)) {
      kept.put(rejection.id(), rejection);
    }
    return kept;
  }

  /** The event as a batch of its own: one row, rejected if it can't be read. */
  private EventBatch batch(ReplayItem item, StoredRejection rejection, String project) {
    EventBatch batch;
    try {
      if (item.hasCorrected()) {
        byte[] event = item.getCorrected().toByteArray();
        batch = pipeline.decode(OriginalFormat.PROTOBUF, WireDecoder.requestOf(event));
      } else if (rejection.truncated()) {
        batch = unreadable("what was sent was cut off; replay it corrected");
      } else {
        batch = decode(rejection);
      }
    } catch (ApiException.InvalidArgument e) {
      batch = unreadable("not an event: " + e.getMessage());
    }
    if (batch.size() != 1) {
      batch = unreadable("found %d events, expected one".formatted(batch.size()));
    }
    if (batch.live(0) && batch.text(TextField.EVENT_ID, 0) == Slice.ABSENT) {
      String id = EventIds.of(project + "/" + rejection.id());
      batch.text(TextField.EVENT_ID, 0, batch.append(id));
    }
    batch.header(batch.header().withProject(project));
    return batch;
  }

  private EventBatch decode(StoredRejection rejection) {
    byte[] original = rejection.original();
    return switch (rejection.format()) {
      case PROTOBUF -> pipeline.decode(OriginalFormat.PROTOBUF, WireDecoder.requestOf(original));
      case JSON -> pipeline.decode(OriginalFormat.JSON, JsonDecoder.requestOf(original));
      case COLLECT_JSON -> pipeline.decode(OriginalFormat.COLLECT_JSON, original);
    };
  }

  private static EventBatch unreadable(String message) {
    EventBatch batch = new EventBatch(BatchHeader.of(""), new byte[0], 0, 1);
    int row = batch.beginRow();
    batch.reject(
        new Rejection(
            row, RejectReason.MALFORMED, "", message, "", new byte[0], OriginalFormat.PROTOBUF));
    return batch;
  }

  private CompletableFuture<IngestResult> submit(PreparedBatch prepared) {
    try {
      return pipeline.submit(prepared);
    } catch (ApiException | StorageException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Waits for everything, lets go of what was stored, and answers. */
  private CompletableFuture<ReplayRejectedEventsResponse> finish(
      String project, List<Submitted> submitted, ReplayRejectedEventsResponse.Builder response) {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(
            submitted.stream().map(Submitted::result).toArray(CompletableFuture[]::new));
    return all.thenCompose(
        _ -> {
          Position position = storage.position(project);
          List<String> done = new ArrayList<>();
          for (Submitted item : submitted) {
            IngestResult result = item.result().join();
            response
                .setAccepted(response.getAccepted() + result.accepted())
                .setDuplicates(response.getDuplicates() + result.duplicates());
            position = position.merge(result.position());
            done.add(item.id());
          }
          response.setPosition(position.token());
          if (done.isEmpty()) {
            return CompletableFuture.completedFuture(response.build());
          }
          return storage
              .apply(new Mutation.DropRejections(project, done))
              .thenApply(receipt -> response.build());
        });
  }
}
