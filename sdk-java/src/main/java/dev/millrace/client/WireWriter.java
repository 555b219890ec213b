package dev.millrace.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes protobuf's wire format into a growing array. Nested messages are written in place and
 * moved by the width of their length afterwards, which for small messages is cheaper than measuring
 * them first.
 */
final class WireWriter {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH_DELIMITED = 2;

  private byte[] buffer;
  private int size;

  WireWriter(int capacity) {
    buffer = new byte[capacity];
  }

  byte[] toBytes() {
    return Arrays.copyOf(buffer, size);
  }

  void varintField(int field, long value) {
    tag(field, VARINT);
    varint(value);
  }

  void doubleField(int field, double value) {
    tag(field, FIXED64);
    reserve(8);
    long bits = Double.doubleToRawLongBits(value);
    for (int i = 0; i < 8; i++) {
      buffer[size++] = (byte) (bits >>> (8 * i));
    }
  }

  void textField(int field, String text) {
    int length = text.length();
    int start = begin(field);
    reserve(length);
    int at = size;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        size = start;
        raw(text.getBytes(StandardCharsets.UTF_8));
        end(start);
        return;
      }
      buffer[at++] = (byte) c;
    }
    size = at;
    end(start);
  }

  /** Begins a field whose length isn't known yet; the result goes to {@link #end}. */
  int begin(int field) {
    tag(field, LENGTH_DELIMITED);
    reserve(1);
    size++;
    return size;
  }

  void end(int start) {
    int length = size - start;
    int width = varintWidth(length);
    if (width > 1) {
      reserve(width - 1);
      System.arraycopy(buffer, start, buffer, start + width - 1, length);
    }
    size = start - 1;
    varint(length);
    size += length;
  }

  void raw(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  private void tag(int field, int type) {
    varint(((long) field << 3) | type);
  }

  private void varint(long value) {
    reserve(10);
    size = putVarint(buffer, size, value);
  }

  private void reserve(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }

  /** Writes a varint into an array with room for it and returns where it ends. */
  static int putVarint(byte[] to, int at, long value) {
    long rest = value;
    int next = at;
    while ((rest & ~0x7FL) != 0) {
      to[next++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    to[next++] = (byte) rest;
    return next;
  }

  /** The bytes that a length takes. */
  static int varintWidth(int length) {
    return Math.max(1, (38 - Integer.numberOfLeadingZeros(length)) / 7);
  }
}
