package dev.millrace.client;

import java.util.Arrays;

/**
 * Events of one request, as the bytes that the request will hold. Written by senders under the
 * backlog's lock until it is closed, unchanged from then on.
 */
final class Batch {
  private static final int EVENTS_FIELD = 2;
  private static final int TAG = (EVENTS_FIELD << 3) | WireWriter.LENGTH_DELIMITED;

  /** When its first event came in, of {@link System#nanoTime}. */
  final long openedNanos;

  private byte[] body;
  private int size;
  private int events;
  private long number;
  private long sentNanos;

  Batch(int capacity, long openedNanos) {
    this.body = new byte[capacity];
    this.openedNanos = openedNanos;
  }

  /** The bytes that an event takes in a request. */
  static int sizeOf(Event event) {
    int length = event.bytes().length;
    return 1 + WireWriter.varintWidth(length) + length;
  }

  void add(Event event) {
    byte[] bytes = event.bytes();
    int needed = size + sizeOf(event);
    if (needed > body.length) {
      body = Arrays.copyOf(body, Math.max(needed, body.length * 2));
    }
    body[size++] = TAG;
    size = WireWriter.putVarint(body, size, bytes.length);
    System.arraycopy(bytes, 0, body, size, bytes.length);
    size += bytes.length;
    events++;
  }

  void number(long contiguous) {
    number = contiguous;
  }

  long number() {
    return number;
  }

  int events() {
    return events;
  }

  int size() {
    return size;
  }

  byte[] body() {
    return body;
  }

  void sentAt(long nanos) {
    sentNanos = nanos;
  }

  long sentNanos() {
    return sentNanos;
  }
}
