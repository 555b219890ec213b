package dev.millrace.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The end of a stream, read: worth another try, or not.
 *
 * @param status what the server or the transport said
 * @param reason the stable reason of the server's ErrorInfo; empty if there was none
 * @param expectedBatch the number that the server expects after a gap; 0 if it didn't say
 * @param retryAfter the shortest wait the server asks for
 */
record Failure(Status status, String reason, long expectedBatch, Duration retryAfter) {
  private static final String FENCED = "PRODUCER_FENCED";
  private static final String EXPECTED = "expectedBatchNumber";

  /** Said with a code that otherwise passes, but about the request itself. */
  private static final Set<String> NEVER_PASSES = Set.of("LIMIT_EXCEEDED", "TOO_LARGE");

  static Failure of(Status status, @Nullable Metadata trailers) {
    com.google.rpc.Status details = StatusProto.fromStatusAndTrailers(status, trailers);
    ErrorInfo info = detail(details, ErrorInfo.getDefaultInstance());
    RetryInfo retry = detail(details, RetryInfo.getDefaultInstance());
    return new Failure(
        status,
        info.getReason(),
        parse(info.getMetadataOrDefault(EXPECTED, "0")),
        Duration.ofSeconds(retry.getRetryDelay().getSeconds(), retry.getRetryDelay().getNanos()));
  }

  boolean fenced() {
    return reason.equals(FENCED);
  }

  boolean gap() {
    return status.getCode() == Status.Code.OUT_OF_RANGE;
  }

  /** Whether the same request may go through later. */
  boolean passes() {
    if (fenced() || NEVER_PASSES.contains(reason)) {
      return false;
    }
    return switch (status.getCode()) {
      case INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          UNAUTHENTICATED,
          FAILED_PRECONDITION,
          UNIMPLEMENTED,
          DATA_LOSS ->
          false;
      case OK,
          CANCELLED,
          UNKNOWN,
          DEADLINE_EXCEEDED,
          RESOURCE_EXHAUSTED,
          ABORTED,
          OUT_OF_RANGE,
          INTERNAL,
          UNAVAILABLE ->
          true;
    };
  }

  String text() {
    String description = status.getDescription();
    return status.getCode() + (description == null ? "" : ": " + description);
  }

  @SuppressWarnings("unchecked") // Any.unpack gives the class it was asked for
  private static <T extends Message> T detail(com.google.rpc.@Nullable Status status, T none) {
    if (status != null) {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(none.getClass())) {
          try {
            return (T) detail.unpack(none.getClass());
          } catch (InvalidProtocolBufferException e) {
            return none;
          }
        }
      }
    }
    return none;
  }

  private static long parse(String number) {
    try {
      return Long.parseLong(number);
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
