package dev.millrace.client;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.millrace.v1.Event;
import dev.millrace.v1.IngestServiceGrpc;
import dev.millrace.v1.PublishEventsRequest;
import dev.millrace.v1.PublishEventsResponse;
import dev.millrace.v1.RejectedEvent;
import dev.millrace.v1.StreamEventsRequest;
import dev.millrace.v1.StreamEventsResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Keeps events as the contract says, by contiguous batch numbers, and misbehaves as it is told:
 * what it does with each batch that arrives is decided by a {@link Mood}.
 */
final class FakeServer extends IngestServiceGrpc.IngestServiceImplBase implements AutoCloseable {
  /** What the server does with a batch. */
  enum Action {
    /** Stores it and says so. */
    ACKNOWLEDGE,
    /** Stores it and ends the stream before saying so. */
    STORE_AND_BREAK,
    /** Ends the stream without storing it. */
    BREAK,
    /** Says that it is overloaded, without storing it. */
    OVERLOADED,
    /** Says nothing, ever, and stores nothing more on this stream. */
    HANG,
    /** Stores it and acknowledges another number. */
    LIE
  }

  /** Decides; called for one batch at a time. */
  interface Mood {
    Action of(PublishEventsRequest batch);
  }

  private final Server server;
  private final List<Event> stored = new ArrayList<>();
  private final List<Long> numbersSeen = new ArrayList<>();
  private volatile Mood mood = batch -> Action.ACKNOWLEDGE;
  private long lastNumber;
  private long fencedBelow;
  private int streams;
  private Duration retryAfter = Duration.ofMillis(20);

  private FakeServer(int port) {
    try {
      server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
              .addService(this)
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static FakeServer start() {
    return new FakeServer(0);
  }

  /** Starts where another one was. */
  static FakeServer startAt(String address) {
    return new FakeServer(Integer.parseInt(address.substring(address.indexOf(':') + 1)));
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  FakeServer mood(Mood next) {
    mood = next;
    return this;
  }

  synchronized FakeServer retryAfter(Duration wait) {
    retryAfter = wait;
    return this;
  }

  synchronized FakeServer fenceBelow(long epoch) {
    fencedBelow = epoch;
    return this;
  }

  /** Forgets all batches after a number, as a server put back from a backup. */
  synchronized void forgetAfter(long number) {
    lastNumber = number;
  }

  synchronized List<String> storedIds() {
    return stored.stream().map(Event::getEventId).toList();
  }

  synchronized List<Long> numbersSeen() {
    return List.copyOf(numbersSeen);
  }

  synchronized int streams() {
    return streams;
  }

  @Override
  public StreamObserver<PublishEventsRequest> publishEvents(
      StreamObserver<PublishEventsResponse> answers) {
    synchronized (this) {
      streams++;
    }
    return new Stream(answers);
  }

  @Override
  public StreamObserver<StreamEventsRequest> streamEvents(
      StreamObserver<StreamEventsResponse> answers) {
    return new StreamObserver<>() {
      private long count;

      @Override
      public void onNext(StreamEventsRequest batch) {
        synchronized (FakeServer.this) {
          stored.addAll(batch.getEventsList());
        }
        count += batch.getEventsCount();
      }

      @Override
      public void onError(Throwable t) {}

      @Override
      public void onCompleted() {
        answers.onNext(StreamEventsResponse.newBuilder().setAccepted(count).build());
        answers.onCompleted();
      }
    };
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Stream implements StreamObserver<PublishEventsRequest> {
    private final StreamObserver<PublishEventsResponse> answers;
    private boolean over;

    Stream(StreamObserver<PublishEventsResponse> answers) {
      this.answers = answers;
    }

    @Override
    public void onNext(PublishEventsRequest batch) {
      synchronized (FakeServer.this) {
        numbersSeen.add(batch.getBatchNumber());
        if (over) {
          return;
        }
        if (batch.getEpoch() < fencedBelow) {
          end(error(Status.Code.FAILED_PRECONDITION, "PRODUCER_FENCED", "", null));
        } else if (batch.getBatchNumber() > lastNumber + 1) {
          String expected = Long.toString(lastNumber + 1);
          end(error(Status.Code.OUT_OF_RANGE, "BATCH_GAP", expected, null));
        } else {
          act(batch);
        }
      }
    }

    private void act(PublishEventsRequest batch) {
      switch (mood.of(batch)) {
        case ACKNOWLEDGE -> answers.onNext(store(batch).build());
        case STORE_AND_BREAK -> {
          store(batch);
          end(Status.UNAVAILABLE.withDescription("broken after storing").asRuntimeException());
        }
        case BREAK -> end(Status.UNAVAILABLE.withDescription("broken").asRuntimeException());
        case OVERLOADED -> end(error(Status.Code.RESOURCE_EXHAUSTED, "OVERLOADED", "", retryAfter));
        case HANG -> over = true;
        case LIE ->
            answers.onNext(store(batch).setBatchNumber(batch.getBatchNumber() + 1000).build());
      }
    }

    private PublishEventsResponse.Builder store(PublishEventsRequest batch) {
      PublishEventsResponse.Builder answer =
          PublishEventsResponse.newBuilder().setBatchNumber(batch.getBatchNumber());
      if (batch.getBatchNumber() <= lastNumber) {
        return answer.setDuplicates(batch.getEventsCount());
      }
      lastNumber = batch.getBatchNumber();
      for (int i = 0; i < batch.getEventsCount(); i++) {
        Event event = batch.getEvents(i);
        if (event.getType().equals("bad")) {
          answer
              .addRejected(
                  RejectedEvent.newBuilder()
                      .setIndex(i)
                      .setEventId(event.getEventId())
                      .setReason(RejectedEvent.Reason.TIME_INVALID))
              .setRejectedTotal(answer.getRejectedTotal() + 1);
        } else {
          stored.add(event);
          answer.setAccepted(answer.getAccepted() + 1);
        }
      }
      return answer;
    }

    private void end(StatusRuntimeException status) {
      over = true;
      answers.onError(status);
    }

    @Override
    public void onError(Throwable t) {}

    @Override
    public void onCompleted() {
      synchronized (FakeServer.this) {
        if (!over) {
          over = true;
          answers.onCompleted();
        }
      }
    }
  }

  private static StatusRuntimeException error(
      Status.Code code, String reason, String expected, Duration retryAfter) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder().setCode(code.value()).setMessage(reason);
    ErrorInfo.Builder info = ErrorInfo.newBuilder().setReason(reason);
    if (!expected.isEmpty()) {
      info.putMetadata("expectedBatchNumber", expected);
    }
    status.addDetails(Any.pack(info.build()));
    if (retryAfter != null) {
      status.addDetails(
          Any.pack(
              RetryInfo.newBuilder()
                  .setRetryDelay(
                      com.google.protobuf.Duration.newBuilder()
                          .setSeconds(retryAfter.toSeconds())
                          .setNanos(retryAfter.toNanosPart()))
                  .build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }
}
