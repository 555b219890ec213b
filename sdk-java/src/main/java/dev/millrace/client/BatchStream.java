package dev.millrace.client;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A request's bytes without a request: its small fields, then the events as they lie in the batch.
 */
final class BatchStream extends InputStream implements Drainable, KnownLength {
  private final byte[] head;
  private final byte[] body;
  private final int bodySize;
  private int at;

  BatchStream(byte[] head, byte[] body, int bodySize) {
    this.head = head;
    this.body = body;
    this.bodySize = bodySize;
  }

  @Override
  public int available() {
    return head.length + bodySize - at;
  }

  @Override
  public int read() {
    if (available() == 0) {
      return -1;
    }
    int next = at < head.length ? head[at] : body[at - head.length];
    at++;
    return next & 0xFF;
  }

  @Override
  public int read(byte[] to, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (available() == 0) {
      return -1;
    }
    boolean inHead = at < head.length;
    int from = inHead ? at : at - head.length;
    int count = Math.min(length, (inHead ? head.length : bodySize) - from);
    System.arraycopy(inHead ? head : body, from, to, offset, count);
    at += count;
    return count;
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    int count = available();
    if (at < head.length) {
      target.write(head, at, head.length - at);
      at = head.length;
    }
    int from = at - head.length;
    target.write(body, from, bodySize - from);
    at = head.length + bodySize;
    return count;
  }
}
