package dev.millrace.server.query.plan;

import dev.millrace.server.error.ApiException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/**
 * What one question may cost: asked before every block. Thread-safe.
 *
 * @param rowsMax rows of an answer, and buckets of a range
 * @param groupsMax groups (cells, with buckets) held while a question runs
 * @param cancelled whether nobody waits for the answer any more
 */
public record Budget(
    int rowsMax,
    int groupsMax,
    InstantSource clock,
    Instant deadline,
    Duration timeout,
    BooleanSupplier cancelled) {

  /**
   * Checks that there is time left.
   *
   * @throws ApiException.DeadlineExceeded if there isn't
   */
  public void check() {
    if (cancelled.getAsBoolean()) {
      throw new ApiException.DeadlineExceeded("the request was cancelled");
    }
    if (clock.instant().isAfter(deadline)) {
      throw new ApiException.DeadlineExceeded(
          "the question takes longer than %s; ask about less".formatted(timeout));
    }
  }

  void rows(long rows) {
    if (rows > rowsMax) {
      throw new ApiException.LimitExceeded(
          "query.maxRows",
          "the answer has %,d rows, at most %,d are allowed: set a limit, larger buckets or a shorter range"
              .formatted(rows, rowsMax));
    }
  }

  void groups(long groups) {
    if (groups > groupsMax) {
      throw new ApiException.LimitExceeded(
          "query.maxGroups",
          "the question splits events into more than %,d groups: group by fields with fewer values"
              .formatted(groupsMax));
    }
  }

  void buckets(long buckets) {
    if (buckets > rowsMax) {
      throw new ApiException.LimitExceeded(
          "query.maxRows",
          "the range has more than %,d buckets: take larger buckets or a shorter range"
              .formatted(rowsMax));
    }
  }
}
