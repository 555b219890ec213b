package dev.millrace.client;

import dev.millrace.v1.PublishEventsResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One stream to the server. gRPC's threads put what they hear into an inbox and wake the producer's
 * thread, which alone reads it. The inbox holds at most an answer for each batch in flight.
 */
final class PublishCall {
  private final ClientCall<Batch, PublishEventsResponse> call;
  private final Queue<PublishEventsResponse> inbox = new ConcurrentLinkedQueue<>();
  private final Runnable wake;
  private volatile @Nullable Failure end;

  PublishCall(
      Channel channel, MethodDescriptor<Batch, PublishEventsResponse> method, Runnable wake) {
    this.wake = wake;
    // Nothing the listener does blocks, so it may run on the transport's thread.
    call = channel.newCall(method, CallOptions.DEFAULT.withExecutor(Runnable::run));
    call.start(new Inbox(), new Metadata());
    call.request(1);
  }

  boolean isReady() {
    return end == null && call.isReady();
  }

  void send(Batch batch) {
    call.sendMessage(batch);
  }

  /** The next answer; null if there is none yet. */
  @Nullable PublishEventsResponse poll() {
    PublishEventsResponse next = inbox.poll();
    if (next != null) {
      call.request(1);
    }
    return next;
  }

  /** How the stream ended; null while it lasts. All answers before it can be polled first. */
  @Nullable Failure end() {
    return end;
  }

  void halfClose() {
    call.halfClose();
  }

  void cancel(String why) {
    call.cancel(why, null);
  }

  private final class Inbox extends ClientCall.Listener<PublishEventsResponse> {
    @Override
    public void onReady() {
      wake.run();
    }

    @Override
    public void onMessage(PublishEventsResponse message) {
      inbox.add(message);
      wake.run();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end = Failure.of(status, trailers);
      wake.run();
    }
  }
}
