package dev.millrace.server.http;

import dev.millrace.server.error.ApiException;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends calls of the standard services, reflection and health, that would never end by themselves
 * when the server stops: each takes no more requests, waits until those it took are answered, and
 * then ends with UNAVAILABLE. Our own services end their streams themselves.
 */
final class DrainableCalls implements ServerInterceptor {
  private static final String HEALTH = "grpc.health.v1.Health";

  private final Set<Call<?, ?>> calls = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    MethodDescriptor<Q, A> method = call.getMethodDescriptor();
    boolean watch =
        HEALTH.equals(method.getServiceName()) && method.getType() == MethodType.SERVER_STREAMING;
    boolean standard = String.valueOf(method.getServiceName()).startsWith("grpc.");
    if (!standard || (method.getType() != MethodType.BIDI_STREAMING && !watch)) {
      return next.startCall(call, headers);
    }
    Call<Q, A> drainable = new Call<>(call, watch);
    calls.add(drainable);
    ServerCall.Listener<Q> listener = next.startCall(drainable, headers);
    if (draining) {
      drainable.drain();
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onMessage(Q message) {
        if (drainable.take()) {
          super.onMessage(message);
        }
      }

      @Override
      public void onComplete() {
        calls.remove(drainable);
        super.onComplete();
      }

      @Override
      public void onCancel() {
        calls.remove(drainable);
        super.onCancel();
      }
    };
  }

  void drain() {
    draining = true;
    calls.forEach(Call::drain);
  }

  /** A call that counts what it owes. */
  private static final class Call<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final boolean owesNothing;
    private long unanswered;
    private boolean draining;
    private boolean closed;

    Call(ServerCall<Q, A> call, boolean owesNothing) {
      super(call);
      this.owesNothing = owesNothing;
    }

    synchronized boolean take() {
      if (draining || closed) {
        return false;
      }
      unanswered++;
      return true;
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (closed) {
        return;
      }
      super.sendMessage(message);
      unanswered--;
      endIfDone();
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        super.close(status, trailers);
      }
    }

    synchronized void drain() {
      draining = true;
      endIfDone();
    }

    private void endIfDone() {
      if (draining && !closed && (owesNothing || unanswered <= 0)) {
        closed = true;
        StatusRuntimeException end =
            StatusProto.toStatusRuntimeException(
                ErrorMapper.toStatus(new ApiException.Unavailable("the server is stopping")));
        Metadata trailers = end.getTrailers();
        super.close(end.getStatus(), trailers == null ? new Metadata() : trailers);
      }
    }
  }
}
