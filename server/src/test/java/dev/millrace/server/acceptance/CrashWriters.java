package dev.millrace.server.acceptance;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.millrace.client.BatchOutcome;
import dev.millrace.client.Millrace;
import dev.millrace.client.Producer;
import dev.millrace.client.ProducerException;
import dev.millrace.v1.Event;
import dev.millrace.v1.IngestEventsRequest;
import dev.millrace.v1.IngestEventsResponse;
import dev.millrace.v1.IngestServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that go on while the server is killed under them. Each writes the numbers 0, 1, 2, … as
 * the values of its own user's events, so that what the server holds can be checked by arithmetic.
 */
final class CrashWriters {
  /** So that there are many batches, and yet few enough events to be listed one by one. */
  private static final int PAUSE_MILLIS = 20;

  private CrashWriters() {}

  /** A client with a thread of its own. */
  abstract static class Writer implements Runnable {
    final String user;
    final AtomicLong sent = new AtomicLong();
    final AtomicLong acknowledged = new AtomicLong();
    private volatile boolean stopping;

    Writer(String user) {
      this.user = user;
    }

    /** Tells the writer to finish what it has begun, and no more. */
    final void stop() {
      stopping = true;
    }

    final boolean stopping() {
      return stopping;
    }

    @Override
    public final void run() {
      try {
        while (!stopping) {
          writeSome();
        }
        finish();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    abstract void writeSome() throws InterruptedException;

    void finish() throws InterruptedException {}

    static void pause() {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
    }
  }

  /** Numbered batches by the SDK's producer. */
  static final class Sdk extends Writer {
    private final Millrace millrace;
    private final Producer producer;

    Sdk(String user, String address) {
      super(user);
      millrace = Millrace.builder(address).build();
      producer =
          millrace
              .producer()
              .producerId(user)
              .maxBatchEvents(100)
              .linger(Duration.ofMillis(2))
              .listener(this::acknowledged)
              .build();
    }

    private void acknowledged(BatchOutcome outcome) {
      acknowledged.addAndGet(outcome.accepted() + outcome.duplicates());
    }

    @Override
    void writeSome() throws InterruptedException {
      for (int i = 0; i < 50; i++) {
        long n = sent.getAndIncrement();
        producer.send(
            dev.millrace.client.Event.builder("crash").userId(user).value((double) n).build());
      }
      pause();
    }

    @Override
    void finish() throws InterruptedException {
      try {
        producer.flush(Duration.ofSeconds(60));
        producer.close();
      } catch (ProducerException e) {
        throw new IllegalStateException(user, e);
      }
      millrace.close();
    }
  }

  /** Unnumbered batches, sent again with the same event ids until they are acknowledged. */
  static class Unary extends Writer {
    private final ManagedChannel channel;
    final Random random;

    Unary(String user, ManagedChannel channel, long seed) {
      super(user);
      this.channel = channel;
      this.random = new Random(seed);
    }

    @Override
    void writeSome() {
      int size = 1 + random.nextInt(100);
      IngestEventsRequest batch = batch(sent.get(), size).build();
      sent.addAndGet(size);
      while (!deliver(batch)) {
        pause();
      }
      acknowledged.addAndGet(size);
      pause();
    }

    IngestEventsRequest.Builder batch(long from, int size) {
      IngestEventsRequest.Builder batch = IngestEventsRequest.newBuilder();
      for (long n = from; n < from + size; n++) {
        batch.addEvents(
            Event.newBuilder()
                .setEventId(user + "-" + n)
                .setType("crash")
                .setUserId(user)
                .setValue((double) n));
      }
      return batch;
    }

    boolean deliver(IngestEventsRequest batch) {
      try {
        IngestEventsResponse response = stub().ingestEvents(batch);
        requireWhole(response.getAccepted() + response.getDuplicates(), batch);
        return true;
      } catch (StatusRuntimeException e) {
        requirePassing(e);
        return false;
      }
    }

    IngestServiceGrpc.IngestServiceBlockingStub stub() {
      return IngestServiceGrpc.newBlockingStub(channel).withDeadlineAfter(5, TimeUnit.SECONDS);
    }

    final void requireWhole(long taken, IngestEventsRequest batch) {
      if (taken != batch.getEventsCount()) {
        throw new IllegalStateException(user + ": " + taken + " of " + batch.getEventsCount());
      }
    }

    static void requirePassing(StatusRuntimeException e) {
      Status.Code code = e.getStatus().getCode();
      boolean passing =
          switch (code) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, CANCELLED, UNKNOWN, INTERNAL ->
                true;
            default -> false;
          };
      if (!passing) {
        throw e;
      }
    }
  }

  /** Unnumbered batches of another project, of events that are too old to be kept for long. */
  static final class Aging extends Unary {
    static final String PROJECT = "aging";
    private static final Duration AGE = Duration.ofHours(2);

    Aging(String user, ManagedChannel channel, long seed) {
      super(user, channel, seed);
    }

    @Override
    IngestEventsRequest.Builder batch(long from, int size) {
      IngestEventsRequest.Builder batch = super.batch(from, size).setProject(PROJECT);
      Timestamp time = Timestamps.fromMillis(Instant.now().minus(AGE).toEpochMilli());
      batch.getEventsBuilderList().forEach(event -> event.setTime(time));
      return batch;
    }
  }

  /** Numbered batches, sent twice at once, with gaps thrown in that must be refused. */
  static final class Gapping extends Unary {
    private long number;

    Gapping(String user, ManagedChannel channel, long seed) {
      super(user, channel, seed);
    }

    @Override
    void writeSome() {
      number++;
      int size = 1 + random.nextInt(50);
      IngestEventsRequest batch = numbered(batch(sent.get(), size), number);
      IngestEventsRequest gap = numbered(batch(-1000, 1), number + 1 + random.nextInt(5));
      sent.addAndGet(size);
      refuse(gap);
      while (!deliverTwice(batch)) {
        pause();
      }
      acknowledged.addAndGet(size);
      pause();
    }

    private IngestEventsRequest numbered(IngestEventsRequest.Builder batch, long batchNumber) {
      return batch.setProducerId(user).setEpoch(1).setBatchNumber(batchNumber).build();
    }

    private void refuse(IngestEventsRequest gap) {
      try {
        stub().ingestEvents(gap);
        throw new IllegalStateException(user + ": a gap was accepted");
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.OUT_OF_RANGE) {
          requirePassing(e);
        }
      }
    }

    private boolean deliverTwice(IngestEventsRequest batch) {
      CompletableFuture<Boolean> other = CompletableFuture.supplyAsync(() -> deliver(batch));
      boolean first = deliver(batch);
      return other.join() && first;
    }
  }

  /** JSON batches, sent again with the same event ids until they are acknowledged. */
  static final class Json extends Writer {
    private static final int SIZE = 40;
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI uri;

    Json(String user, URI uri) {
      super(user);
      this.uri = uri;
    }

    @Override
    void writeSome() throws InterruptedException {
      String batch = batch(sent.getAndAdd(SIZE));
      while (!deliver(batch)) {
        pause();
      }
      acknowledged.addAndGet(SIZE);
      pause();
    }

    private String batch(long from) {
      StringBuilder json = new StringBuilder("{\"events\":[");
      for (long n = from; n < from + SIZE; n++) {
        json.append(n == from ? "" : ",")
            .append("{\"type\":\"crash\",\"eventId\":\"%s-%d\",".formatted(user, n))
            .append("\"userId\":\"%s\",\"value\":%d}".formatted(user, n));
      }
      return json.append("]}").toString();
    }

    private boolean deliver(String batch) throws InterruptedException {
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .timeout(Duration.ofSeconds(5))
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(batch))
              .build();
      try {
        return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
      } catch (IOException e) {
        return false;
      }
    }
  }
}
