package dev.millrace.server.query;

import com.google.protobuf.Timestamp;
import dev.millrace.server.error.ApiException;
import dev.millrace.server.query.time.Calendar;
import dev.millrace.server.query.time.Micros;
import dev.millrace.server.query.time.TimeSpan;
import dev.millrace.v1.TimeRange;
import java.time.Instant;

/** Turns range messages into spans of time and back. */
final class RangeMapper {
  private static final long SECONDS_MIN = -62_135_596_800L;
  private static final long SECONDS_MAX = 253_402_300_800L;

  private RangeMapper() {}

  /**
   * The span that a range means now; all time if it says nothing.
   *
   * @param path where the range is in the request, for errors
   */
  static TimeSpan span(TimeRange range, String path, Calendar calendar, Instant now) {
    if (!range.getLast().isEmpty()) {
      if (range.hasFrom() || range.hasTo()) {
        throw new ApiException.InvalidArgument(path, "takes last, or from and to, not both");
      }
      try {
        return calendar.last(range.getLast(), now);
      } catch (IllegalArgumentException e) {
        throw new ApiException.InvalidArgument(path + ".last", String.valueOf(e.getMessage()));
      }
    }
    long from = range.hasFrom() ? micros(range.getFrom(), path + ".from") : Long.MIN_VALUE;
    long to = range.hasTo() ? micros(range.getTo(), path + ".to") : Long.MAX_VALUE;
    if (from > to) {
      throw new ApiException.InvalidArgument(path + ".to", "is before from");
    }
    return new TimeSpan(from, to);
  }

  /**
   * Rounded up: the first whole microsecond that isn't before the instant, as for the events' own.
   */
  private static long micros(Timestamp time, String field) {
    if (time.getSeconds() < SECONDS_MIN
        || time.getSeconds() > SECONDS_MAX
        || time.getNanos() < 0
        || time.getNanos() > 999_999_999) {
      throw new ApiException.InvalidArgument(field, "must be within the years 1 to 9999");
    }
    return time.getSeconds() * Micros.SECOND + (time.getNanos() + 999) / 1_000;
  }

  static TimeRange range(TimeSpan span) {
    TimeRange.Builder range = TimeRange.newBuilder();
    if (!span.openStart()) {
      range.setFrom(ProtoValues.timestamp(span.from()));
    }
    if (!span.openEnd()) {
      range.setTo(ProtoValues.timestamp(span.to()));
    }
    return range.build();
  }
}
