package dev.millrace.server.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.Status;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.UnframedGrpcErrorHandler;
import io.grpc.Metadata;
import io.grpc.protobuf.ProtoUtils;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Errors of gRPC methods: as trailers for gRPC, and as JSON for those that are called through JSON.
 */
final class GrpcErrors implements GrpcExceptionHandlerFunction, UnframedGrpcErrorHandler {
  private static final String DETAILS_HEADER = "grpc-status-details-bin";
  private static final Metadata.Key<Status> DETAILS =
      Metadata.Key.of(DETAILS_HEADER, ProtoUtils.metadataMarshaller(Status.getDefaultInstance()));

  @Override
  public io.grpc.@Nullable Status apply(
      RequestContext context, io.grpc.Status status, Throwable cause, Metadata metadata) {
    if (status.getCode() == io.grpc.Status.Code.CANCELLED && !(cause instanceof RuntimeException)) {
      return status;
    }
    Status full = ErrorMapper.toStatus(cause == null ? status.asRuntimeException() : cause);
    metadata.discardAll(DETAILS);
    metadata.put(DETAILS, full);
    return io.grpc.Status.fromCodeValue(full.getCode()).withDescription(full.getMessage());
  }

  @Override
  public HttpResponse handle(
      ServiceRequestContext context, io.grpc.Status status, AggregatedHttpResponse response) {
    return HttpErrors.json(full(status, response)).toHttpResponse();
  }

  private static Status full(io.grpc.Status status, AggregatedHttpResponse response) {
    String details = response.trailers().get(DETAILS_HEADER);
    if (details == null) {
      details = response.headers().get(DETAILS_HEADER);
    }
    if (details != null) {
      try {
        return Status.parseFrom(Base64.getDecoder().decode(details));
      } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
        // Not by the handler above: the status without its details is what there is.
      }
    }
    String description = status.getDescription();
    Code code = Code.forNumber(status.getCode().value());
    return ErrorMapper.status(
        code, description == null ? code.name() : description, status.getCode().name());
  }
}
