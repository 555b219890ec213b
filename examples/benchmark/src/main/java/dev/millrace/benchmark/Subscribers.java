package dev.millrace.benchmark;

import dev.millrace.v1.LiveServiceGrpc;
import dev.millrace.v1.SubscribeRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Many subscribers of one query over a few connections, some of whom stop reading. */
final class Subscribers implements AutoCloseable {
  private static final int PER_CONNECTION = 200;
  private static final int START_SECONDS = 60;

  private final String address;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final LongAdder messages = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();

  Subscribers(String address) {
    this.address = address;
  }

  /**
   * Adds subscribers and waits until each has its first message.
   *
   * @param reading whether they read on after it
   */
  void add(SubscribeRequest request, int count, boolean reading) throws InterruptedException {
    int wanted = begun.get() + count;
    for (int i = 0; i < count; i++) {
      if (i % PER_CONNECTION == 0) {
        channels.add(NettyChannelBuilder.forTarget(address).usePlaintext().build());
      }
      ClientCall<SubscribeRequest, Integer> call =
          channels.getLast().newCall(method(), CallOptions.DEFAULT.withExecutor(Runnable::run));
      call.start(new Reader(call, reading), new Metadata());
      call.request(1);
      call.sendMessage(request);
      call.halfClose();
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (begun.get() < wanted) {
      if (ended.get() > 0 || System.nanoTime() > end) {
        throw new IllegalStateException(
            "%d of %d subscribers began, %d ended".formatted(begun.get(), wanted, ended.get()));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  long messages() {
    return messages.sum();
  }

  long bytes() {
    return bytes.sum();
  }

  private static MethodDescriptor<SubscribeRequest, Integer> method() {
    return LiveServiceGrpc.getSubscribeMethod().toBuilder(
            LiveServiceGrpc.getSubscribeMethod().getRequestMarshaller(), new Length())
        .build();
  }

  /** Takes messages for their length: reading them is the business of real clients. */
  private static final class Length implements MethodDescriptor.Marshaller<Integer> {
    @Override
    public InputStream stream(Integer value) {
      throw new UnsupportedOperationException("answers are only received");
    }

    @Override
    public Integer parse(InputStream stream) {
      try {
        int length = stream.available();
        stream.skipNBytes(length);
        return length;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final class Reader extends ClientCall.Listener<Integer> {
    private final ClientCall<SubscribeRequest, Integer> call;
    private final boolean reading;
    private boolean first = true;

    Reader(ClientCall<SubscribeRequest, Integer> call, boolean reading) {
      this.call = call;
      this.reading = reading;
    }

    @Override
    public void onMessage(Integer length) {
      messages.increment();
      bytes.add(length);
      if (first) {
        first = false;
        begun.incrementAndGet();
      }
      if (reading) {
        call.request(1);
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      ended.incrementAndGet();
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
