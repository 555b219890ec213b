package dev.millrace.server.ingest;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The client's side of a call, as the server sees it. */
final class FakeResponses<R> extends ServerCallStreamObserver<R> {
  final List<R> sent = new ArrayList<>();
  boolean ready = true;
  boolean completed;
  int requested;
  boolean autoRequest = true;
  @Nullable Throwable failure;
  private Runnable onReady = () -> {};
  private Runnable onCancel = () -> {};

  /** The client reads again. */
  void becomeReady() {
    ready = true;
    onReady.run();
  }

  void cancel() {
    onCancel.run();
  }

  /** Whether the server waits for another message, which is taken off the account. */
  boolean takeRequest() {
    if (requested == 0) {
      return false;
    }
    requested--;
    return true;
  }

  @Override
  public void onNext(R response) {
    if (completed || failure != null) {
      throw new IllegalStateException("the call has ended");
    }
    sent.add(response);
  }

  @Override
  public void onError(Throwable cause) {
    if (completed || failure != null) {
      throw new IllegalStateException("the call has ended");
    }
    failure = cause;
  }

  @Override
  public void onCompleted() {
    if (completed || failure != null) {
      throw new IllegalStateException("the call has ended");
    }
    completed = true;
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public void request(int count) {
    requested += count;
  }

  @Override
  public void disableAutoRequest() {
    autoRequest = false;
  }

  @Override
  public void disableAutoInboundFlowControl() {
    autoRequest = false;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {
    onCancel = handler;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void setCompression(String compression) {}
}
