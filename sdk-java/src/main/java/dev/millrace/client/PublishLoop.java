package dev.millrace.client;

import dev.millrace.v1.PublishEventsResponse;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producer's thread: opens a stream when there is something to send, keeps a bounded number of
 * batches in flight, takes acknowledgements, and starts over with the oldest unacknowledged batch
 * when a stream ends. Since numbers are contiguous and the server knows the last one it stored,
 * what is sent again isn't stored again.
 */
final class PublishLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(PublishLoop.class);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final ProducerOptions options;
  private final Channel channel;
  private final Runnable reconnect;
  private final MethodDescriptor<Batch, PublishEventsResponse> method;
  private final Backlog backlog;
  private final OutcomeListener listener;
  private final Backoff backoff;
  private final AtomicReference<ProducerStats> stats =
      new AtomicReference<>(new ProducerStats(0, 0, 0, 0, 0, 0, 0, 0));

  private @Nullable PublishCall call;
  private long retryAtNanos;
  private boolean waitingToRetry;
  private volatile boolean stopping;

  PublishLoop(
      ProducerOptions options,
      Channel channel,
      Runnable reconnect,
      MethodDescriptor<Batch, PublishEventsResponse> method,
      Backlog backlog,
      OutcomeListener listener) {
    this.options = options;
    this.channel = channel;
    this.reconnect = reconnect;
    this.method = method;
    this.backlog = backlog;
    this.listener = listener;
    this.backoff =
        new Backoff(options.retryDelay(), options.maxRetryDelay(), RandomGenerator.getDefault());
  }

  ProducerStats stats() {
    return backlog.withBuffered(stats.get());
  }

  /** Makes the thread end as soon as it can; what isn't acknowledged by then is given up. */
  void stop() {
    stopping = true;
    backlog.wake();
  }

  @Override
  public void run() {
    try {
      while (!stopping && backlog.failure() == null) {
        step();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      log.error("producer {} failed", options.producerId(), e);
      giveUp(new ProducerException(ProducerException.Reason.REFUSED, "the producer failed", e));
    } finally {
      end();
    }
  }

  private void step() throws InterruptedException {
    takeAnswers();
    long now = System.nanoTime();
    if (backlog.failure() != null || stopping) {
      return;
    }
    if (call == null && backlog.hasDue(now) && !retryLater(now)) {
      call = new PublishCall(channel, method, backlog::wake);
    }
    if (call != null) {
      sendDue(call, now);
    }
    backlog.awaitWork(nextDeadline(System.nanoTime()));
  }

  private void sendDue(PublishCall open, long now) {
    while (backlog.inFlight() < options.maxInFlight() && open.isReady()) {
      Batch batch = backlog.take(now);
      if (batch == null) {
        return;
      }
      open.send(batch);
    }
  }

  private void takeAnswers() {
    PublishCall open = call;
    if (open == null) {
      return;
    }
    Failure end = open.end(); // read first: what was answered before it is in the inbox
    for (PublishEventsResponse answer = open.poll(); answer != null; answer = open.poll()) {
      if (!take(answer)) {
        drop(open, "the server acknowledged batch " + answer.getBatchNumber() + " out of turn");
        return;
      }
    }
    if (end != null) {
      call = null;
      ended(end);
      return;
    }
    Batch oldest = backlog.oldestSent();
    if (oldest != null && System.nanoTime() - oldest.sentNanos() >= ackTimeoutNanos()) {
      drop(open, "no acknowledgement of batch " + oldest.number() + " in time");
    }
  }

  /** Takes an acknowledgement, if it is that of the oldest batch. */
  private boolean take(PublishEventsResponse answer) {
    Batch oldest = backlog.oldestSent();
    if (oldest == null || oldest.number() != answer.getBatchNumber()) {
      return false;
    }
    backoff.reset();
    count(answer);
    BatchOutcome outcome =
        new BatchOutcome(
            oldest.number(),
            oldest.events(),
            answer.getAccepted(),
            answer.getDuplicates(),
            answer.getFiltered(),
            answer.getRejectedList(),
            answer.getPosition());
    tell(() -> listener.acknowledged(outcome));
    backlog.acknowledged();
    return true;
  }

  private void count(PublishEventsResponse answer) {
    ProducerStats s = stats.get();
    stats.set(
        new ProducerStats(
            s.accepted() + answer.getAccepted(),
            s.duplicates() + answer.getDuplicates(),
            s.filtered() + answer.getFiltered(),
            s.rejected() + answer.getRejectedTotal(),
            s.batches() + 1,
            s.retries(),
            0,
            0));
  }

  private void drop(PublishCall open, String why) {
    open.cancel(why);
    call = null;
    ended(Failure.of(io.grpc.Status.UNAVAILABLE.withDescription(why), null));
  }

  private void ended(Failure end) {
    if (backlog.inFlight() == 0 && end.status().isOk()) {
      return; // an idle stream, closed by a server that stops; the next batch opens another
    }
    if (end.fenced()) {
      giveUp(new ProducerException(ProducerException.Reason.FENCED, end.text(), cause(end)));
    } else if (!end.passes()) {
      giveUp(new ProducerException(ProducerException.Reason.REFUSED, end.text(), cause(end)));
    } else if (end.gap() && lost(end.expectedBatch())) {
      giveUp(new ProducerException(ProducerException.Reason.GAP, end.text(), cause(end)));
    } else {
      retry(end);
    }
  }

  /** Whether the server expects a batch that isn't here any more. */
  private boolean lost(long expected) {
    return expected > 0 && expected <= backlog.acknowledgedNumber();
  }

  private void retry(Failure end) {
    backlog.rewind();
    long wait = backoff.nextNanos(end.retryAfter());
    retryAtNanos = System.nanoTime() + wait;
    waitingToRetry = true;
    ProducerStats s = stats.get();
    stats.set(
        new ProducerStats(
            s.accepted(),
            s.duplicates(),
            s.filtered(),
            s.rejected(),
            s.batches(),
            s.retries() + 1,
            0,
            0));
    log.warn(
        "producer {}: {}; next try in {} ms",
        options.producerId(),
        end.text(),
        TimeUnit.NANOSECONDS.toMillis(wait));
  }

  private boolean retryLater(long now) {
    if (waitingToRetry && retryAtNanos - now > 0) {
      return true;
    }
    if (waitingToRetry) {
      waitingToRetry = false;
      reconnect.run();
    }
    return false;
  }

  private long nextDeadline(long now) {
    if (call == null) {
      long due = backlog.dueNanos(now);
      long wait = waitingToRetry ? Math.max(due, retryAtNanos - now) : due;
      return Math.min(wait, IDLE_NANOS);
    }
    Batch oldest = backlog.oldestSent();
    long timeout = oldest == null ? IDLE_NANOS : oldest.sentNanos() + ackTimeoutNanos() - now;
    // A batch that is due but can't go is woken for by an answer or by the transport.
    long due = backlog.dueNanos(now);
    return Math.min(timeout, due > 0 ? due : IDLE_NANOS);
  }

  private long ackTimeoutNanos() {
    return options.acknowledgementTimeout().toNanos();
  }

  private void giveUp(ProducerException cause) {
    for (Batch batch : backlog.fail(cause)) {
      tell(() -> listener.failed(batch.number(), batch.events(), cause));
    }
  }

  private void end() {
    PublishCall open = call;
    if (open != null) {
      if (backlog.isEmpty() && backlog.failure() == null) {
        open.halfClose();
      } else {
        open.cancel("the producer has stopped");
      }
    }
    if (backlog.failure() == null) {
      giveUp(
          backlog.isEmpty()
              ? new ProducerException(
                  ProducerException.Reason.CLOSED, "the producer is closed", null)
              : new ProducerException(
                  ProducerException.Reason.TIMED_OUT,
                  "the producer was closed before its time",
                  null));
    }
  }

  private void tell(Runnable what) {
    try {
      what.run();
    } catch (RuntimeException e) {
      log.warn("the outcome listener of producer {} failed", options.producerId(), e);
    }
  }

  private static Throwable cause(Failure end) {
    return end.status().asRuntimeException();
  }
}
