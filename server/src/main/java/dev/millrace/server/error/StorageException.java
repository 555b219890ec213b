package dev.millrace.server.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What can go wrong with a store, by kind. */
public abstract sealed class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StorageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The queues are full; nothing was taken. */
  public static final class Overloaded extends StorageException {
    private static final long serialVersionUID = 1L;
    private final Duration retryAfter;

    public Overloaded(String message, Duration retryAfter) {
      super(message, null);
      this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /** A producer's batch number skips one. */
  public static final class BatchGap extends StorageException {
    private static final long serialVersionUID = 1L;
    private final long expected;

    public BatchGap(String producer, long found, long expected) {
      super("producer '%s' sent batch %d, expected %d".formatted(producer, found, expected), null);
      this.expected = expected;
    }

    /** The number to go on with. */
    public long expected() {
      return expected;
    }
  }

  /** A later incarnation of the producer has written. */
  public static final class ProducerFenced extends StorageException {
    private static final long serialVersionUID = 1L;

    public ProducerFenced(String producer, long epoch, long current) {
      super(
          "producer '%s' has gone on with epoch %d, this batch is of epoch %d"
              .formatted(producer, current, epoch),
          null);
    }
  }

  /** Stored bytes aren't what was written. */
  public static final class Corrupt extends StorageException {
    private static final long serialVersionUID = 1L;

    public Corrupt(String what, @Nullable Throwable cause) {
      super(what, cause);
    }
  }

  /** Stored by a later version of Millrace. */
  public static final class TooNew extends StorageException {
    private static final long serialVersionUID = 1L;

    public TooNew(String what, int found, int newest) {
      super(
          "%s has format version %d, this Millrace reads up to %d".formatted(what, found, newest),
          null);
    }
  }

  /** Stored by a version of Millrace whose formats aren't read any more. */
  public static final class TooOld extends StorageException {
    private static final long serialVersionUID = 1L;

    public TooOld(String what, int found, int oldest) {
      super(
          "%s has format version %d, this Millrace reads from %d".formatted(what, found, oldest),
          null);
    }
  }

  /** Another process has the data directory open. */
  public static final class InUse extends StorageException {
    private static final long serialVersionUID = 1L;

    public InUse(String message) {
      super(message, null);
    }
  }

  /** There is no room left, on the disk or in the map. */
  public static final class Full extends StorageException {
    private static final long serialVersionUID = 1L;

    public Full(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Nothing was made durable, for a reason that may pass, or the store is closed. */
  public static final class Unavailable extends StorageException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
