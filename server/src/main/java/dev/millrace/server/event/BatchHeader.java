package dev.millrace.server.event;

/**
 * What a producer says of a batch as a whole.
 *
 * @param project the project; empty means the caller's default
 * @param producerId names the producer; empty if batches aren't numbered
 * @param epoch the producer's incarnation
 * @param batchNumber contiguous from 1 within (producer, epoch); 0 if batches aren't numbered
 * @param sentAtMicros the client's clock at sending, microseconds since 1970, or {@link
 *     EventBatch#NO_TIME}
 * @param verdicts whether the client wants every event's verdict
 */
public record BatchHeader(
    String project,
    String producerId,
    long epoch,
    long batchNumber,
    long sentAtMicros,
    boolean verdicts) {

  /** A header that says nothing but the project. */
  public static BatchHeader of(String project) {
    return new BatchHeader(project, "", 0, 0, EventBatch.NO_TIME, false);
  }

  /** Whether batches of this producer are numbered. */
  public boolean numbered() {
    return !producerId.isEmpty();
  }

  public BatchHeader withProject(String other) {
    return new BatchHeader(other, producerId, epoch, batchNumber, sentAtMicros, verdicts);
  }
}
