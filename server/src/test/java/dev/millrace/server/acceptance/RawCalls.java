package dev.millrace.server.acceptance;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Calls whose requests are any bytes, which generated clients can't send. */
final class RawCalls {
  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private RawCalls() {}

  /** Calls a unary method. */
  static <T extends Message> T unary(
      Channel channel, String method, byte[] request, Parser<T> parser) throws Exception {
    var descriptor = descriptor(method, MethodDescriptor.MethodType.UNARY);
    byte[] answer =
        ClientCalls.blockingUnaryCall(
            channel,
            descriptor,
            CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
            request);
    return parser.parseFrom(answer);
  }

  /** Sends one request on a stream, closes it, and gives the last answer. */
  static <T extends Message> T stream(
      Channel channel, String method, boolean manyAnswers, byte[] request, Parser<T> parser)
      throws Exception {
    var type =
        manyAnswers
            ? MethodDescriptor.MethodType.BIDI_STREAMING
            : MethodDescriptor.MethodType.CLIENT_STREAMING;
    var call =
        channel.newCall(
            descriptor(method, type), CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
    var answers = new Answers();
    StreamObserver<byte[]> requests =
        manyAnswers
            ? ClientCalls.asyncBidiStreamingCall(call, answers)
            : ClientCalls.asyncClientStreamingCall(call, answers);
    requests.onNext(request);
    requests.onCompleted();
    return parser.parseFrom(answers.done.get(30, TimeUnit.SECONDS).getLast());
  }

  private static MethodDescriptor<byte[], byte[]> descriptor(
      String method, MethodDescriptor.MethodType type) {
    return MethodDescriptor.newBuilder(BYTES, BYTES)
        .setFullMethodName("millrace.v1." + method)
        .setType(type)
        .build();
  }

  private static final class Answers implements StreamObserver<byte[]> {
    private final List<byte[]> received = new ArrayList<>();
    private final CompletableFuture<List<byte[]>> done = new CompletableFuture<>();

    @Override
    public void onNext(byte[] value) {
      received.add(value);
    }

    @Override
    public void onError(Throwable t) {
      done.completeExceptionally(t);
    }

    @Override
    public void onCompleted() {
      done.complete(received);
    }
  }
}
