package dev.millrace.server.live;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Instants as messages have them. */
final class ProtoTimes {
  private ProtoTimes() {}

  static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
