package dev.millrace.client;

import dev.millrace.v1.StreamEventsResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * One client stream from its first event to its totals. The caller's thread fills batches and waits
 * while the transport is behind; gRPC's threads only report.
 */
final class Upload {
  private static final int BATCH_EVENTS = 1000;
  private static final int BATCH_BYTES = 512 << 10;

  private final ClientCall<Batch, StreamEventsResponse> call;
  private final Object monitor = new Object();
  private @Nullable StreamEventsResponse totals;
  private @Nullable Status status;
  private @Nullable Metadata trailers;

  private Upload(Channel channel, MethodDescriptor<Batch, StreamEventsResponse> method) {
    call = channel.newCall(method, CallOptions.DEFAULT.withExecutor(Runnable::run));
  }

  static StreamEventsResponse run(
      Channel channel, MethodDescriptor<Batch, StreamEventsResponse> method, Iterator<Event> events)
      throws InterruptedException {
    Upload upload = new Upload(channel, method);
    try {
      return upload.run(events);
    } catch (RuntimeException | InterruptedException e) {
      upload.call.cancel("the upload was given up", e);
      throw e;
    }
  }

  private StreamEventsResponse run(Iterator<Event> events) throws InterruptedException {
    call.start(new Listener(), new Metadata());
    call.request(1);
    Batch batch = null;
    while (events.hasNext()) {
      Event event = events.next();
      int bytes = Batch.sizeOf(event);
      if (batch != null && (batch.events() == BATCH_EVENTS || batch.size() + bytes > BATCH_BYTES)) {
        send(batch);
        batch = null;
      }
      if (batch == null) {
        batch = new Batch(BATCH_BYTES / 2, 0);
      }
      batch.add(event);
    }
    if (batch != null) {
      send(batch);
    }
    call.halfClose();
    return await();
  }

  private void send(Batch batch) throws InterruptedException {
    synchronized (monitor) {
      while (!call.isReady() && status == null) {
        monitor.wait();
      }
      if (status != null) {
        throw status.asRuntimeException(trailers);
      }
    }
    call.sendMessage(batch);
  }

  private StreamEventsResponse await() throws InterruptedException {
    synchronized (monitor) {
      while (status == null) {
        monitor.wait();
      }
      if (status.isOk() && totals != null) {
        return totals;
      }
      throw (status.isOk() ? Status.INTERNAL.withDescription("no totals") : status)
          .asRuntimeException(trailers);
    }
  }

  private final class Listener extends ClientCall.Listener<StreamEventsResponse> {
    @Override
    public void onReady() {
      synchronized (monitor) {
        monitor.notifyAll();
      }
    }

    @Override
    public void onMessage(StreamEventsResponse message) {
      synchronized (monitor) {
        totals = message;
      }
    }

    @Override
    public void onClose(Status end, Metadata metadata) {
      synchronized (monitor) {
        status = end;
        trailers = metadata;
        monitor.notifyAll();
      }
    }
  }
}
