package dev.millrace.server.system;

import com.google.protobuf.ByteString;
import dev.millrace.server.backup.Backups;
import dev.millrace.v1.BackupResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A backup over gRPC: pieces go out as fast as the client takes them. */
final class BackupCall extends OutputStream {
  private static final Logger log = LoggerFactory.getLogger(BackupCall.class);
  private static final int PIECE_BYTES = 64 * 1024;

  private final ServerCallStreamObserver<BackupResponse> responses;
  // Given whenever the client may have become ready, or has gone; the state itself is looked up.
  private final Semaphore news = new Semaphore(0);

  /** To be made within the call's method, where handlers may still be set. */
  BackupCall(ServerCallStreamObserver<BackupResponse> responses) {
    this.responses = responses;
    responses.setOnReadyHandler(news::release);
    responses.setOnCancelHandler(news::release);
  }

  /** Takes a backup and sends it. On a thread that may wait, other than that of the handlers. */
  void run(Backups backups) {
    try (Backups.Copy copy = backups.take();
        OutputStream out = new BufferedOutputStream(this, PIECE_BYTES)) {
      copy.writeTo(out);
      out.flush();
      responses.onCompleted();
    } catch (IOException e) {
      log.info("A backup wasn't read to its end: {}", e.getMessage());
      fail(e);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void fail(Exception cause) {
    if (!responses.isCancelled()) {
      responses.onError(cause);
    }
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      while (!responses.isReady() && !responses.isCancelled()) {
        news.acquire();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the server stops");
    }
    if (responses.isCancelled()) {
      throw new IOException("the reader has gone");
    }
    for (int at = 0; at < length; at += PIECE_BYTES) {
      int size = Math.min(PIECE_BYTES, length - at);
      ByteString piece = ByteString.copyFrom(bytes, offset + at, size);
      responses.onNext(BackupResponse.newBuilder().setData(piece).build());
    }
  }
}
