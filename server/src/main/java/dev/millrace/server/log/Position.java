package dev.millrace.server.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * A durable state of a project's store: for each shard how many sequence numbers of the project had
 * been given. Opaque to clients, who get it as {@link #token}.
 *
 * <p>Immutable.
 */
public final class Position {
  private static final byte VERSION = 1;

  private final long[] nextSequences;

  public Position(long... nextSequences) {
    this.nextSequences = nextSequences.clone();
  }

  public int shards() {
    return nextSequences.length;
  }

  /** The first sequence that isn't part of the state, on a shard. */
  public long nextSequence(int shard) {
    return nextSequences[shard];
  }

  /** Whether this state includes all of another. */
  public boolean includes(Position other) {
    if (other.shards() != shards()) {
      return false;
    }
    for (int i = 0; i < nextSequences.length; i++) {
      if (nextSequences[i] < other.nextSequences[i]) {
        return false;
      }
    }
    return true;
  }

  /** The smallest state that includes both. */
  public Position merge(Position other) {
    long[] merged = nextSequences.clone();
    for (int i = 0; i < merged.length; i++) {
      merged[i] = Math.max(merged[i], other.nextSequences[i]);
    }
    return new Position(merged);
  }

  /** URL-safe text: a version, the sequences, and a check byte against mistyping. */
  public String token() {
    ByteBuffer buffer = ByteBuffer.allocate(3 + 8 * nextSequences.length);
    buffer.put(VERSION).put((byte) nextSequences.length);
    for (long next : nextSequences) {
      buffer.putLong(next);
    }
    buffer.put(check(buffer.array(), buffer.position()));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
  }

  /**
   * Reads a token. What follows a dot names more than a state of the store, such as when a question
   * was evaluated, and isn't looked at here.
   *
   * @throws IllegalArgumentException if it isn't one
   */
  public static Position parse(String token) {
    int dot = token.indexOf('.');
    byte[] bytes = Base64.getUrlDecoder().decode(dot < 0 ? token : token.substring(0, dot));
    if (bytes.length < 3
        || bytes[0] != VERSION
        || bytes.length != 3 + 8 * (bytes[1] & 0xff)
        || bytes[bytes.length - 1] != check(bytes, bytes.length - 1)) {
      throw new IllegalArgumentException("not a position: " + token);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 2, bytes.length - 3);
    long[] sequences = new long[bytes[1] & 0xff];
    for (int i = 0; i < sequences.length; i++) {
      sequences[i] = buffer.getLong();
    }
    return new Position(sequences);
  }

  private static byte check(byte[] bytes, int length) {
    int sum = 17;
    for (int i = 0; i < length; i++) {
      sum = sum * 31 + bytes[i];
    }
    return (byte) (sum ^ (sum >>> 8));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Position that && Arrays.equals(nextSequences, that.nextSequences);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(nextSequences);
  }

  @Override
  public String toString() {
    return "Position" + Arrays.toString(nextSequences);
  }
}
