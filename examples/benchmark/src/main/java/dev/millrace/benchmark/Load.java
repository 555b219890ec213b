package dev.millrace.benchmark;

import dev.millrace.v1.IngestServiceGrpc;
import dev.millrace.v1.PublishEventsRequest;
import dev.millrace.v1.PublishEventsResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One stream of batches from one thread, with a bounded number on their way, and the time from when
 * each was due to its acknowledgement.
 */
final class Load {
  private static final int WINDOW_BYTES = 1 << 20;
  private static final int ANSWER_SECONDS = 60;

  private final EventPool pool;
  private final String producer;
  private final int batchEvents;
  private final int inFlight;
  private final long epoch = System.currentTimeMillis();
  private final Histogram micros = new Histogram(TimeUnit.MINUTES.toMicros(5), 3);
  private final Queue<Long> dueTimes;
  private final Semaphore slots;
  private volatile @Nullable Status ended;
  private long accepted;

  Load(EventPool pool, String producer, int batchEvents, int inFlight) {
    this.pool = pool;
    this.producer = producer;
    this.batchEvents = batchEvents;
    this.inFlight = inFlight;
    dueTimes = new ArrayBlockingQueue<>(inFlight);
    slots = new Semaphore(inFlight);
  }

  /** What a load came to. */
  record Result(long accepted, double seconds, Histogram micros) {
    double perSecond() {
      return accepted / seconds;
    }
  }

  /**
   * Sends so many events and waits for all acknowledgements.
   *
   * @param perSecond events a second; 0 for as fast as they are taken
   */
  Result run(String address, long events, double perSecond) throws InterruptedException {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(address)
            .usePlaintext()
            .flowControlWindow(WINDOW_BYTES)
            .build();
    try {
      ClientCall<byte[], PublishEventsResponse> call =
          channel.newCall(method(), CallOptions.DEFAULT.withExecutor(Runnable::run));
      call.start(new Acknowledgements(call), new Metadata());
      call.request(inFlight);
      long start = System.nanoTime();
      long batches = (events + batchEvents - 1) / batchEvents;
      double nanosPerBatch = perSecond == 0 ? 0 : batchEvents * 1e9 / perSecond;
      for (long batch = 1; batch <= batches; batch++) {
        long due = start + (long) ((batch - 1) * nanosPerBatch);
        send(call, batch, nanosPerBatch == 0 ? System.nanoTime() : due);
      }
      acquire(inFlight);
      double seconds = (System.nanoTime() - start) / 1e9;
      call.halfClose();
      return new Result(accepted, seconds, micros);
    } finally {
      channel.shutdownNow();
      channel.awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private void send(ClientCall<byte[], PublishEventsResponse> call, long batch, long due)
      throws InterruptedException {
    byte[] request = request(batch);
    long wait = due - System.nanoTime();
    if (wait > 0) {
      LockSupport.parkNanos(wait);
    }
    acquire(1);
    dueTimes.add(due);
    call.sendMessage(request);
  }

  private void acquire(int permits) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
    while (!slots.tryAcquire(permits, 1, TimeUnit.SECONDS)) {
      Status status = ended;
      if (status != null) {
        throw status.asRuntimeException();
      }
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("no acknowledgement in " + ANSWER_SECONDS + " s");
      }
    }
  }

  private byte[] request(long batch) {
    byte[] head =
        PublishEventsRequest.newBuilder()
            .setProducerId(producer)
            .setEpoch(epoch)
            .setBatchNumber(batch)
            .build()
            .toByteArray();
    byte[] buffer = new byte[head.length + pool.roomFor(batchEvents)];
    System.arraycopy(head, 0, buffer, 0, head.length);
    int size = pool.write(buffer, head.length, batchEvents, System.currentTimeMillis() / 1000);
    return java.util.Arrays.copyOf(buffer, size);
  }

  private static MethodDescriptor<byte[], PublishEventsResponse> method() {
    return IngestServiceGrpc.getPublishEventsMethod().toBuilder(
            new ReadyBytes(), IngestServiceGrpc.getPublishEventsMethod().getResponseMarshaller())
        .build();
  }

  /** A request that is bytes already. */
  private static final class ReadyBytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("requests are only sent");
    }
  }

  private final class Acknowledgements extends ClientCall.Listener<PublishEventsResponse> {
    private final ClientCall<byte[], PublishEventsResponse> call;

    Acknowledgements(ClientCall<byte[], PublishEventsResponse> call) {
      this.call = call;
    }

    @Override
    public void onMessage(PublishEventsResponse answer) {
      Long due = dueTimes.remove();
      micros.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due));
      accepted += answer.getAccepted();
      call.request(1);
      slots.release();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ended = status;
    }
  }
}
