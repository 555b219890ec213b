package dev.millrace.server.error;

import java.time.Duration;
import java.util.List;

/**
 * An error for the caller to read. Its message says what was found and what is allowed, and never
 * shows the inside of the server.
 */
public abstract sealed class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ApiException(String message) {
    super(message);
  }

  /**
   * A part of the request that isn't as it must be.
   *
   * @param field its path as the contract writes it in JSON terms, such as {@code events[3].time}
   *     or {@code query.measures[0].field}
   * @param description what is wrong with it
   */
  public record FieldViolation(String field, String description) {}

  /** The request itself is wrong (INVALID_ARGUMENT); sending it again won't help. */
  public static final class InvalidArgument extends ApiException {
    private static final long serialVersionUID = 1L;
    private final transient List<FieldViolation> violations;

    public InvalidArgument(String field, String description) {
      this(List.of(new FieldViolation(field, description)));
    }

    public InvalidArgument(List<FieldViolation> violations) {
      super(message(violations));
      this.violations = List.copyOf(violations);
    }

    public List<FieldViolation> violations() {
      return violations;
    }

    private static String message(List<FieldViolation> violations) {
      FieldViolation first = violations.getFirst();
      String what =
          first.field().isEmpty()
              ? first.description()
              : first.field() + ": " + first.description();
      return violations.size() == 1 ? what : what + " (and " + (violations.size() - 1) + " more)";
    }
  }

  /** What was asked for isn't there (NOT_FOUND). */
  public static final class NotFound extends ApiException {
    private static final long serialVersionUID = 1L;

    public NotFound(String message) {
      super(message);
    }
  }

  /** No credentials, or unknown ones (UNAUTHENTICATED). */
  public static final class Unauthenticated extends ApiException {
    private static final long serialVersionUID = 1L;

    public Unauthenticated(String message) {
      super(message);
    }
  }

  /** The credentials don't allow it (PERMISSION_DENIED). */
  public static final class PermissionDenied extends ApiException {
    private static final long serialVersionUID = 1L;

    public PermissionDenied(String message) {
      super(message);
    }
  }

  /** Too much at once (RESOURCE_EXHAUSTED); nothing was accepted, try again later. */
  public static final class ResourceExhausted extends ApiException {
    private static final long serialVersionUID = 1L;
    private final Duration retryAfter;

    public ResourceExhausted(String message, Duration retryAfter) {
      super(message);
      this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /** A limit on what one request may cost was passed (RESOURCE_EXHAUSTED); ask for less. */
  public static final class LimitExceeded extends ApiException {
    private static final long serialVersionUID = 1L;
    private final String limit;

    /**
     * @param limit the limit's name in the configuration
     */
    public LimitExceeded(String limit, String message) {
      super(message);
      this.limit = limit;
    }

    public String limit() {
      return limit;
    }
  }

  /** The state of the server doesn't allow it (FAILED_PRECONDITION). */
  public static final class FailedPrecondition extends ApiException {
    private static final long serialVersionUID = 1L;

    public FailedPrecondition(String message) {
      super(message);
    }
  }

  /** The time for it ran out (DEADLINE_EXCEEDED). */
  public static final class DeadlineExceeded extends ApiException {
    private static final long serialVersionUID = 1L;

    public DeadlineExceeded(String message) {
      super(message);
    }
  }

  /** The server can't do it now, for example because it is stopping (UNAVAILABLE). */
  public static final class Unavailable extends ApiException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message) {
      super(message);
    }
  }
}
