package dev.millrace.server.http;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import com.linecorp.armeria.common.CancellationException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.ShuttingDownException;
import com.linecorp.armeria.common.TimeoutException;
import com.linecorp.armeria.common.stream.AbortedStreamException;
import com.linecorp.armeria.common.stream.CancelledSubscriptionException;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.common.util.Exceptions;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.error.StorageException;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where exceptions become the {@code google.rpc.Status} that a caller gets.
 * Thread-safe.
 *
 * <p>Every status carries an {@code ErrorInfo} with a stable reason; wrong requests carry {@code
 * BadRequest}, and errors that pass carry {@code RetryInfo}. What isn't known is INTERNAL with a
 * number that also stands in the log, so that nothing of the server's inside gets out.
 */
public final class ErrorMapper {
  /** The domain of every {@code ErrorInfo}. */
  static final String DOMAIN = "millrace.dev";

  private static final Duration RETRY_SOON = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(ErrorMapper.class);

  private ErrorMapper() {}

  /** The status of an exception; logs it if it is a fault of the server. */
  public static Status toStatus(Throwable thrown) {
    Throwable cause = Exceptions.peel(thrown);
    return switch (cause) {
      case ApiException e -> ofApi(e);
      case StorageException e -> ofStorage(e);
      case StatusRuntimeException e -> ofGrpc(e.getStatus(), StatusProto.fromThrowable(e), e);
      case StatusException e -> ofGrpc(e.getStatus(), StatusProto.fromThrowable(e), e);
      case ContentTooLargeException e -> tooLarge(e);
      case ShuttingDownException _ ->
          status(
              Code.UNAVAILABLE,
              "the server is stopping",
              "UNAVAILABLE",
              Map.of(),
              retry(RETRY_SOON));
      case TimeoutException _ ->
          status(Code.DEADLINE_EXCEEDED, "the time for the request ran out", "DEADLINE_EXCEEDED");
      case java.util.concurrent.TimeoutException _ ->
          status(Code.DEADLINE_EXCEEDED, "the time for the request ran out", "DEADLINE_EXCEEDED");
      case CancellationException _,
          ClosedStreamException _,
          CancelledSubscriptionException _,
          AbortedStreamException _ ->
          status(Code.CANCELLED, "the request was given up", "CANCELLED");
      case RejectedExecutionException _ ->
          status(
              Code.RESOURCE_EXHAUSTED,
              "the server has more requests waiting than it allows",
              "OVERLOADED",
              Map.of(),
              retry(RETRY_SOON));
      default -> internal(cause);
    };
  }

  private static Status ofApi(ApiException e) {
    String message = messageOf(e);
    return switch (e) {
      case ApiException.InvalidArgument bad ->
          status(
              Code.INVALID_ARGUMENT,
              message,
              "INVALID_ARGUMENT",
              Map.of(),
              badRequest(bad.violations()));
      case ApiException.NotFound _ -> status(Code.NOT_FOUND, message, "NOT_FOUND");
      case ApiException.Unauthenticated _ ->
          status(Code.UNAUTHENTICATED, message, "UNAUTHENTICATED");
      case ApiException.PermissionDenied _ ->
          status(Code.PERMISSION_DENIED, message, "PERMISSION_DENIED");
      case ApiException.ResourceExhausted busy ->
          status(
              Code.RESOURCE_EXHAUSTED, message, "OVERLOADED", Map.of(), retry(busy.retryAfter()));
      case ApiException.LimitExceeded limit ->
          status(
              Code.RESOURCE_EXHAUSTED, message, "LIMIT_EXCEEDED", Map.of("limit", limit.limit()));
      case ApiException.FailedPrecondition _ ->
          status(Code.FAILED_PRECONDITION, message, "FAILED_PRECONDITION");
      case ApiException.DeadlineExceeded _ ->
          status(Code.DEADLINE_EXCEEDED, message, "DEADLINE_EXCEEDED");
      case ApiException.Unavailable _ ->
          status(Code.UNAVAILABLE, message, "UNAVAILABLE", Map.of(), retry(RETRY_SOON));
    };
  }

  /**
   * A full store is UNAVAILABLE, not RESOURCE_EXHAUSTED: clients slow down for the latter, which
   * would never help, and somebody must make room first. It carries no RetryInfo for the same
   * reason.
   */
  private static Status ofStorage(StorageException e) {
    String message = messageOf(e);
    return switch (e) {
      case StorageException.Overloaded busy ->
          status(
              Code.RESOURCE_EXHAUSTED, message, "OVERLOADED", Map.of(), retry(busy.retryAfter()));
      case StorageException.BatchGap gap ->
          status(
              Code.OUT_OF_RANGE,
              message,
              "BATCH_GAP",
              Map.of("expectedBatchNumber", Long.toString(gap.expected())));
      case StorageException.ProducerFenced _ ->
          status(Code.FAILED_PRECONDITION, message, "PRODUCER_FENCED");
      case StorageException.Full full -> {
        log.error("the store is full", full);
        yield status(Code.UNAVAILABLE, "the store has no room left", "STORE_FULL");
      }
      case StorageException.Unavailable unavailable -> {
        log.warn("the store is unavailable: {}", unavailable.getMessage());
        yield status(
            Code.UNAVAILABLE,
            "the store can't do this now; nothing was made durable",
            "STORE_UNAVAILABLE",
            Map.of(),
            retry(RETRY_SOON));
      }
      case StorageException.Corrupt corrupt -> dataLoss(corrupt);
      case StorageException.TooNew _, StorageException.TooOld _, StorageException.InUse _ ->
          internal(e);
    };
  }

  private static Status dataLoss(StorageException.Corrupt corrupt) {
    String id = newId();
    log.error("stored data is damaged (error {})", id, corrupt);
    return status(
        Code.DATA_LOSS,
        "stored data is damaged; the server's log says where (error " + id + ")",
        "CORRUPT",
        Map.of("errorId", id));
  }

  /** What gRPC itself, or a service that speaks in its terms, says. */
  private static Status ofGrpc(
      io.grpc.Status grpc,
      com.google.rpc.@org.jspecify.annotations.Nullable Status full,
      Throwable e) {
    Throwable cause = grpc.getCause();
    if (cause != null && isOurs(cause)) {
      return toStatus(cause);
    }
    if (full != null && full.getDetailsCount() > 0) {
      return full;
    }
    return ofCode(grpc, e);
  }

  private static boolean isOurs(Throwable cause) {
    return cause instanceof ApiException || cause instanceof StorageException;
  }

  private static Status ofCode(io.grpc.Status grpc, Throwable e) {
    String description = grpc.getDescription();
    String name = grpc.getCode().name();
    return switch (grpc.getCode()) {
      case UNKNOWN, INTERNAL -> {
        // Armeria's word for bytes that aren't a message of the method.
        if (description != null && description.startsWith("Invalid protobuf byte sequence")) {
          yield status(Code.INVALID_ARGUMENT, "the message's bytes can't be read", "MALFORMED");
        }
        yield internal(e);
      }
      default ->
          status(
              Code.forNumber(grpc.getCode().value()),
              description == null
                  ? name.toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
                  : description,
              name);
    };
  }

  private static Status tooLarge(ContentTooLargeException e) {
    String message =
        e.maxContentLength() > 0
            ? "the request is larger than the %d bytes allowed".formatted(e.maxContentLength())
            : "the request is larger than allowed";
    return status(Code.RESOURCE_EXHAUSTED, message, HttpErrors.TOO_LARGE);
  }

  /** A fault of the server: logged with a number, of which the caller learns. */
  static Status internal(Throwable cause) {
    String id = newId();
    log.error("a request failed (error {})", id, cause);
    return status(
        Code.INTERNAL,
        "something went wrong in the server; its log says what (error " + id + ")",
        "INTERNAL",
        Map.of("errorId", id));
  }

  private static String newId() {
    return Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE);
  }

  private static String messageOf(Throwable e) {
    String message = e.getMessage();
    return message == null ? "no further information" : message;
  }

  static Status status(Code code, String message, String reason) {
    return status(code, message, reason, Map.of());
  }

  static Status status(
      Code code, String message, String reason, Map<String, String> metadata, Message... details) {
    Status.Builder status = Status.newBuilder().setCode(code.getNumber()).setMessage(message);
    for (Message detail : details) {
      status.addDetails(Any.pack(detail));
    }
    status.addDetails(
        Any.pack(
            ErrorInfo.newBuilder()
                .setReason(reason)
                .setDomain(DOMAIN)
                .putAllMetadata(metadata)
                .build()));
    return status.build();
  }

  private static BadRequest badRequest(List<ApiException.FieldViolation> violations) {
    BadRequest.Builder bad = BadRequest.newBuilder();
    for (ApiException.FieldViolation violation : violations) {
      bad.addFieldViolationsBuilder()
          .setField(violation.field())
          .setDescription(violation.description());
    }
    return bad.build();
  }

  private static RetryInfo retry(Duration after) {
    return RetryInfo.newBuilder().setRetryDelay(Durations.fromNanos(after.toNanos())).build();
  }
}
