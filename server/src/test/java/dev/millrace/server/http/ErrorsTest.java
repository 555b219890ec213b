package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.millrace.v1.Query;
import dev.millrace.v1.QueryRequest;
import dev.millrace.v1.QueryServiceGrpc;
import dev.millrace.v1.SystemServiceGrpc;
import dev.millrace.v1.VerifyRollupsRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of exceptions, for gRPC and for JSON. */
class ErrorsTest {
  private static TestPort port;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws IOException {
    port = new TestPort();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port.port()).usePlaintext().build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    port.close();
  }

  @ParameterizedTest
  @CsvSource({
    "invalid, INVALID_ARGUMENT, INVALID_ARGUMENT, 400",
    "invalid by onError, INVALID_ARGUMENT, INVALID_ARGUMENT, 400",
    "missing, NOT_FOUND, NOT_FOUND, 404",
    "busy, RESOURCE_EXHAUSTED, OVERLOADED, 429",
    "limit, RESOURCE_EXHAUSTED, LIMIT_EXCEEDED, 429",
    "gap, OUT_OF_RANGE, BATCH_GAP, 400",
    "fenced, FAILED_PRECONDITION, PRODUCER_FENCED, 400",
    "overloaded, RESOURCE_EXHAUSTED, OVERLOADED, 429",
    "full, UNAVAILABLE, STORE_FULL, 503",
    "closed, UNAVAILABLE, STORE_UNAVAILABLE, 503",
    "corrupt, DATA_LOSS, CORRUPT, 500",
    "deadline, DEADLINE_EXCEEDED, DEADLINE_EXCEEDED, 504",
    "bug, INTERNAL, INTERNAL, 500",
  })
  void exception_has_its_status(String where, Status.Code code, String reason, int http)
      throws Exception {
    StatusRuntimeException failure = fail(where);
    assertThat(failure.getStatus().getCode()).isEqualTo(code);
    assertThat(failure.getStatus().getDescription())
        .doesNotContain("Exception", "dev.millrace", "secret", "MDB");
    assertThat(detail(failure, ErrorInfo.class).getReason()).isEqualTo(reason);

    HttpResponse<String> json = port.post("/v1/query", "{\"query\":{\"where\":\"" + where + "\"}}");
    assertThat(json.statusCode()).isEqualTo(http);
    assertThat(json.body())
        .contains("\"code\":" + code.value(), "\"reason\":\"" + reason + "\"")
        .doesNotContain("Exception", "secret", "MDB");
  }

  @Test
  void invalid_argument_names_the_field() {
    BadRequest.FieldViolation violation =
        detail(fail("invalid"), BadRequest.class).getFieldViolations(0);

    assertThat(violation.getField()).isEqualTo("query.where");
    assertThat(violation.getDescription()).isEqualTo("isn't CEL");
  }

  @Test
  void gap_names_the_number_expected() {
    assertThat(detail(fail("gap"), ErrorInfo.class).getMetadataMap())
        .containsEntry("expectedBatchNumber", "5");
  }

  @Test
  void overload_says_when_to_come_back() throws Exception {
    assertThat(detail(fail("busy"), RetryInfo.class).getRetryDelay())
        .isEqualTo(Duration.newBuilder().setSeconds(1).setNanos(500_000_000).build());
    HttpResponse<String> json = port.post("/v1/query", "{\"query\":{\"where\":\"busy\"}}");
    assertThat(json.headers().firstValue("retry-after")).contains("2");
    assertThat(json.body()).contains("\"retryDelay\":\"1.500s\"");
  }

  @Test
  void bug_gives_a_number_for_the_log() {
    ErrorInfo info = detail(fail("bug"), ErrorInfo.class);

    assertThat(info.getMetadataOrThrow("errorId")).matches("[0-9a-f]{16}");
  }

  @Test
  void method_that_is_not_there_is_unimplemented() {
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                SystemServiceGrpc.newBlockingStub(channel)
                    .verifyRollups(VerifyRollupsRequest.getDefaultInstance()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(failure.getStatus().getDescription())
        .contains("millrace.v1.SystemService/VerifyRollups");
  }

  @Test
  void deadline_of_the_caller_holds() {
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                QueryServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                    .query(request("never")));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  private static StatusRuntimeException fail(String where) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () -> QueryServiceGrpc.newBlockingStub(channel).query(request(where)));
  }

  private static QueryRequest request(String where) {
    return QueryRequest.newBuilder().setQuery(Query.newBuilder().setWhere(where)).build();
  }

  private static <T extends com.google.protobuf.Message> T detail(
      StatusRuntimeException failure, Class<T> type) {
    for (Any any : StatusProto.fromThrowable(failure).getDetailsList()) {
      if (any.is(type)) {
        try {
          return any.unpack(type);
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    throw new AssertionError("no " + type);
  }
}
