package dev.millrace.server.ingest;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.millrace.server.access.Caller;
import dev.millrace.server.access.Permission;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.event.OriginalFormat;
import dev.millrace.server.storage.Storage;
import dev.millrace.server.storage.StoredRejection;
import dev.millrace.v1.ListRejectedEventsRequest;
import dev.millrace.v1.ListRejectedEventsResponse;
import dev.millrace.v1.ReplayRejectedEventsRequest;
import dev.millrace.v1.ReplayRejectedEventsResponse;
import dev.millrace.v1.StoredRejectedEvent;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The rejected events that are kept: lists them, and sends them through ingest again. Thread-safe.
 */
public final class RejectedEvents {
  private static final int PAGE_DEFAULT = 50;
  private static final int PAGE_MAX = 1_000;

  /** So that a page of large events stays below what gRPC clients take. */
  private static final long PAGE_BYTES_MAX = 1L << 20;

  private static final String TOKEN_PREFIX = "r1:";

  private final Storage storage;
  private final Replay replay;
  private final Executor executor;

  /**
   * @param executor where the store is read, which may block
   */
  public RejectedEvents(Storage storage, IngestPipeline pipeline, Executor executor) {
    this.storage = storage;
    this.replay = new Replay(storage, pipeline);
    this.executor = executor;
  }

  /** Answers {@code ListRejectedEvents}. */
  CompletableFuture<ListRejectedEventsResponse> list(
      ListRejectedEventsRequest request, Caller caller) {
    return CompletableFuture.supplyAsync(() -> listNow(request, caller), executor);
  }

  /** Answers {@code ReplayRejectedEvents}. */
  CompletableFuture<ReplayRejectedEventsResponse> replay(
      ReplayRejectedEventsRequest request, Caller caller) {
    return CompletableFuture.completedFuture(request)
        .thenComposeAsync(asked -> replay.run(asked, caller), executor);
  }

  private ListRejectedEventsResponse listNow(ListRejectedEventsRequest request, Caller caller) {
    String project = caller.project(request.getProject(), Permission.READ);
    if (request.getPageSize() < 0) {
      throw new ApiException.InvalidArgument(
          "pageSize", "found %d, expected 0 or more".formatted(request.getPageSize()));
    }
    int size =
        request.getPageSize() == 0 ? PAGE_DEFAULT : Math.min(request.getPageSize(), PAGE_MAX);
    List<StoredRejection> found =
        storage.rejections(project, afterId(request.getPageToken()), size + 1);
    ListRejectedEventsResponse.Builder page = ListRejectedEventsResponse.newBuilder();
    long bytes = 0;
    for (StoredRejection rejection : found) {
      bytes += rejection.original().length;
      int count = page.getRejectedEventsCount();
      if (count == size || (count > 0 && bytes > PAGE_BYTES_MAX)) {
        page.setNextPageToken(token(page.getRejectedEvents(count - 1).getId()));
        break;
      }
      page.addRejectedEvents(stored(rejection));
    }
    return page.build();
  }

  private static String token(String id) {
    byte[] bytes = (TOKEN_PREFIX + id).getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static @Nullable String afterId(String token) {
    if (token.isEmpty()) {
      return null;
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      if (text.startsWith(TOKEN_PREFIX)) {
        return text.substring(TOKEN_PREFIX.length());
      }
    } catch (IllegalArgumentException e) {
      // Not one of ours, like one without the prefix.
    }
    throw new ApiException.InvalidArgument("pageToken", "not one of this list");
  }

  private static StoredRejectedEvent stored(StoredRejection rejection) {
    long micros = rejection.receivedMicros();
    return StoredRejectedEvent.newBuilder()
        .setId(rejection.id())
        .setReason(Responses.reason(rejection.reason()))
        .setMessage(rejection.message())
        .setField(rejection.field())
        .setReceivedTime(
            Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(micros, 1_000_000L))
                .setNanos((int) Math.floorMod(micros, 1_000_000L) * 1_000))
        .setOriginal(ByteString.copyFrom(rejection.original()))
        .setFormat(format(rejection.format()))
        .setTruncated(rejection.truncated())
        .build();
  }

  private static StoredRejectedEvent.Format format(OriginalFormat format) {
    return switch (format) {
      case PROTOBUF -> StoredRejectedEvent.Format.PROTOBUF;
      case JSON -> StoredRejectedEvent.Format.JSON;
      case COLLECT_JSON -> StoredRejectedEvent.Format.COLLECT_JSON;
    };
  }
}
