package dev.millrace.server.live.feed;

import com.google.protobuf.Timestamp;
import dev.millrace.server.log.Position;
import dev.millrace.v1.Delta;
import dev.millrace.v1.Heartbeat;
import dev.millrace.v1.Snapshot;
import dev.millrace.v1.SubscribeResponse;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An answer as subscribers are to have it, with the messages that bring them there. Thread-safe.
 */
final class LiveState {
  /** Different messages kept; slow readers beyond them have theirs made for them. */
  private static final int MESSAGES_MAX = 16;

  private static final long SNAPSHOT = -1;
  private static final long RESET = -2;
  private static final long HEARTBEAT = -3;

  private final RowVersions rows;
  private final StandingQuery.Evaluation evaluation;
  private final String token;
  private final long causeNanos;
  private final Map<Long, Update> updates = new ConcurrentHashMap<>(4);

  /**
   * @param causeNanos when the first commit was told that the answer is newer for, by {@link
   *     System#nanoTime}; 0 if none was
   */
  LiveState(RowVersions rows, StandingQuery.Evaluation evaluation, long causeNanos) {
    this.rows = rows;
    this.evaluation = evaluation;
    this.token = token(evaluation.position(), evaluation.evaluatedAt());
    this.causeNanos = causeNanos;
  }

  /** A position and an instant, which together name an answer. */
  private static String token(Position position, Instant at) {
    long micros = at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
    return position.token() + "." + Long.toHexString(micros);
  }

  RowVersions rows() {
    return rows;
  }

  long version() {
    return rows.version();
  }

  Position position() {
    return evaluation.position();
  }

  /** Names this answer for resuming. */
  String token() {
    return token;
  }

  long causeNanos() {
    return causeNanos;
  }

  /** All rows. */
  Update snapshot(boolean reset) {
    return update(reset ? RESET : SNAPSHOT);
  }

  /** What changed since a version that is known; a sign of life if nothing has. */
  Update since(long version) {
    return update(version == version() ? HEARTBEAT : version);
  }

  private Update update(long kind) {
    Update known = updates.get(kind);
    if (known != null) {
      return known;
    }
    if (kind >= 0 && updates.size() >= MESSAGES_MAX) {
      return new Update(message(kind));
    }
    return updates.computeIfAbsent(kind, missing -> new Update(message(missing)));
  }

  private SubscribeResponse message(long kind) {
    Instant at = evaluation.evaluatedAt();
    SubscribeResponse.Builder message =
        SubscribeResponse.newBuilder()
            .setPosition(token)
            .setEvaluatedAt(
                Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()))
            .setRange(evaluation.range());
    if (kind == HEARTBEAT) {
      message.setHeartbeat(Heartbeat.getDefaultInstance());
    } else if (kind < 0) {
      message.setSnapshot(Snapshot.newBuilder().addAllRows(rows.rows()).setReset(kind == RESET));
    } else {
      message.setDelta(
          Delta.newBuilder()
              .addAllUpserted(rows.upsertedSince(kind))
              .addAllRemoved(rows.removedSince(kind)));
    }
    return message.build();
  }
}
