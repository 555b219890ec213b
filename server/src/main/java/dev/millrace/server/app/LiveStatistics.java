package dev.millrace.server.app;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.millrace.server.live.feed.StandingQuery;
import dev.millrace.server.log.Position;
import dev.millrace.server.system.SystemServiceImpl;
import dev.millrace.v1.GetStatsResponse;
import dev.millrace.v1.Row;
import dev.millrace.v1.TimeRange;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The statistics of the server as an answer of one row: numbers by name, lengths of time in
 * seconds.
 */
record LiveStatistics(SystemServiceImpl system, String project, InstantSource clock)
    implements StandingQuery {
  private static final double NANOS = 1e9;

  @Override
  public boolean moves() {
    return true;
  }

  @Override
  public Evaluation evaluate(BooleanSupplier cancelled) {
    GetStatsResponse stats = system.stats(project);
    Row.Builder row = Row.newBuilder();
    // Those that are 0 as well, so that all names are there from the first.
    for (FieldDescriptor field : GetStatsResponse.getDescriptor().getFields()) {
      Object value = stats.getField(field);
      if (value instanceof Number number) {
        row.putValues(field.getJsonName(), number.doubleValue());
      } else if (value instanceof Duration length) {
        row.putValues(field.getJsonName(), Durations.toNanos(length) / NANOS);
      }
    }
    return new Evaluation(
        Position.parse(stats.getPosition()),
        clock.instant().truncatedTo(ChronoUnit.MICROS),
        TimeRange.getDefaultInstance(),
        List.of(row.build()));
  }
}
