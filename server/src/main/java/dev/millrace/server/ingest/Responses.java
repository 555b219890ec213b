package dev.millrace.server.ingest;

import dev.millrace.server.event.RejectReason;
import dev.millrace.server.event.Rejection;
import dev.millrace.v1.EventVerdict;
import dev.millrace.v1.IngestEventsResponse;
import dev.millrace.v1.PublishEventsResponse;
import dev.millrace.v1.RejectedEvent;
import java.util.ArrayList;
import java.util.List;

/** Puts results into the contract's messages. */
public final class Responses {
  private Responses() {}

  public static IngestEventsResponse ingest(IngestResult result) {
    return IngestEventsResponse.newBuilder()
        .setAccepted(result.accepted())
        .setDuplicates(result.duplicates())
        .setFiltered(result.filtered())
        .addAllRejected(rejected(result))
        .setPosition(result.position().token())
        .setRejectedTotal(result.rejections().size())
        .addAllVerdicts(verdicts(result))
        .build();
  }

  static PublishEventsResponse publish(IngestResult result) {
    return PublishEventsResponse.newBuilder()
        .setAccepted(result.accepted())
        .setDuplicates(result.duplicates())
        .setFiltered(result.filtered())
        .addAllRejected(rejected(result))
        .setPosition(result.position().token())
        .setRejectedTotal(result.rejections().size())
        .addAllVerdicts(verdicts(result))
        .setBatchNumber(result.batchNumber())
        .build();
  }

  private static List<RejectedEvent> rejected(IngestResult result) {
    return result.rejections().stream()
        .map(rejection -> rejected(rejection, rejection.row(), "events"))
        .toList();
  }

  /**
   * @param index the event's place in what the response is about
   * @param list the field that holds the events
   */
  static RejectedEvent rejected(Rejection rejection, int index, String list) {
    String field = rejection.field();
    String dot = field.isEmpty() ? "" : ".";
    return RejectedEvent.newBuilder()
        .setIndex(index)
        .setEventId(rejection.eventId())
        .setReason(reason(rejection.reason()))
        .setMessage(rejection.message())
        .setField(list + "[" + index + "]" + dot + field)
        .build();
  }

  static RejectedEvent.Reason reason(RejectReason reason) {
    return RejectedEvent.Reason.valueOf(reason.name());
  }

  private static List<EventVerdict> verdicts(IngestResult result) {
    if (!result.verdictsWanted()) {
      return List.of();
    }
    List<EventVerdict> verdicts = new ArrayList<>(result.size());
    for (int row = 0; row < result.size(); row++) {
      verdicts.add(
          EventVerdict.newBuilder()
              .setVerdict(verdict(result.verdict(row)))
              .setSequence(result.sequence(row))
              .build());
    }
    return verdicts;
  }

  private static EventVerdict.Verdict verdict(IngestResult.Verdict verdict) {
    return switch (verdict) {
      case ACCEPTED -> EventVerdict.Verdict.ACCEPTED;
      case DUPLICATE -> EventVerdict.Verdict.DUPLICATE;
      case REJECTED -> EventVerdict.Verdict.REJECTED;
      case FILTERED -> EventVerdict.Verdict.FILTERED;
    };
  }
}
